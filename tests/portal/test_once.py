"""Words of the interface, signs and addresses of files are asked for once, and read as they did when each page asked."""

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context, Engine, engines
from django.templatetags import i18n, static

from portal.once import Once
from portal.templatetags import signs

LIBRARIES = (i18n.register, static.register, signs.register)
HEAD = "{% load i18n static %}"
PAGES = {
    "words": "<p>{% translate \"站点\" %}</p>{% trans '100% <b>“是”</b>' %}",
    "marks": '{% translate "&<" %}{% autoescape off %}{% translate "&<" %}{% static "a&\'b.js" %}{% endautoescape %}',
    "files": '{% static "a&\'b.js" %}{% static "js/drafts.js" %}{% icon "menu" %}{% icon \'menu\' %}',
    "two ways": "{% for way in ways %}{% include one %}{% autoescape off %}{% include one %}{% endautoescape %}{% endfor %}",
    "a name": '{% static "js/drafts.js" as file %}{% translate "站点" as word %}{{ file }}{{ word }}{% icon "x" as y %}{{ y }}',
    "values": "{% for way in ways %}{% translate way %}{% static way %}{% icon way %}{% translate way|upper %}{% endfor %}",
    "filters": '{% translate "a"|upper %}{% translate "a"|add:"b" %}{% static "a"|add:"b" %}{% icon "a"|add:"b" %}',
    "more": '{% translate "May" context "month" %}{% translate "a" noop %}{% translate "It\'s" %}',
    "within": "{% for way in ways %}{% if way %}{% block b %}{% with a=1 %}"
    '{{ way }}{% translate "a" %}{% endwith %}{% endblock %}{% else %}{% translate "b" %}{% endif %}{% endfor %}',
}


@pytest.fixture
def page():
    """`page(source)` is a page that can be shown again and again."""
    return lambda source: engines["django"].engine.from_string(HEAD + source)


def shown(page):
    one = page('{% translate "<i>" %}{% static "a&\'b.js" %}')
    return lambda template: template.render(Context({"ways": ["a&b", "", "<c>"], "one": one}))


@pytest.mark.parametrize("source", PAGES.values(), ids=PAGES)
def test_every_showing_of_a_page_is_what_django_shows(page, monkeypatch, source):
    show, again = shown(page), page(source)
    ours = [show(again) for _n in range(3)]

    for library in LIBRARIES:
        for name, tag in library.tags.items():
            if name in ("translate", "trans", "static", "icon"):
                monkeypatch.setitem(library.tags, name, tag.__wrapped__)
    assert ours == [shown(page)(page(source))] * 3


def test_a_file_is_looked_up_once_however_often_its_page_is_shown(page, monkeypatch):
    asked = []
    monkeypatch.setattr(staticfiles_storage, "url", lambda name: asked.append(name) or f"/{name}")
    form = page('{% for n in "123" %}{% if n %}{% block b %}{% static "a.js" %}{% endblock %}{% endif %}{% endfor %}')

    assert [form.render(Context()) for _n in range(2)] == ["/a.js" * 3] * 2
    assert asked == ["a.js"]


def test_a_word_that_is_no_literal_is_asked_for_each_time(page):
    form = page("{% translate word %}{% icon word %}")

    assert not form.nodelist.get_nodes_by_type(Once)
    assert "一" in form.render(Context({"word": "一"}))
    assert "二" in form.render(Context({"word": "二"}))


def test_a_file_that_is_missing_fails_where_it_is_shown_and_not_before(page, monkeypatch):
    def missing(name):
        raise ValueError(name)

    monkeypatch.setattr(staticfiles_storage, "url", missing)
    form = page('{% if shown %}{% static "a.js" %}{% endif %}ready')

    assert form.render(Context()) == "ready"
    with pytest.raises(ValueError, match=r"a\.js"):
        form.render(Context({"shown": True}))


def test_a_page_that_a_developer_changes_shows_its_new_words(tmp_path):
    engine = Engine(dirs=[tmp_path], libraries={"i18n": "django.templatetags.i18n"})
    for word in ("一", "二"):
        (tmp_path / "page.html").write_text('{% load i18n %}{% translate "' + word + '" %}')
        for loader in engine.template_loaders:
            loader.reset()  # as runserver does when a template has changed
        assert engine.get_template("page.html").render(Context()) == word
