"""Papers as PDF: data stays data, fonts travel along, and a wrong template says so."""

import io
import time
from threading import Thread

import pytest
from pypdf import PdfReader

from papers.errors import TypesettingError
from papers.typesetting import qr_svg, typeset

SAMPLE = "tests/papers/sample.typ"
A4, A3 = (210, 297), (297, 420)  # millimetres


def sample(**facts):
    """The sample paper with some of its facts changed, read back."""
    data = {
        "title": "接待日小结",
        "size": "a4",
        "place": "代表接待室",
        "rows": [["1", "村口路灯不亮"]],
        "words": "已当场答复。",
    }
    return PdfReader(io.BytesIO(typeset(SAMPLE, data | facts)))


def text_of(paper):
    return "\n".join(page.extract_text() for page in paper.pages)


def unbroken(paper):
    """The text without the ends of lines, as a long word is broken over several."""
    return text_of(paper).replace("\n", "")


def fonts_of(paper):
    """Every font of every page: its name, and whether its outlines are in the file."""
    for page in paper.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            yield font.get_object()["/BaseFont"], bool({"/FontFile", "/FontFile2", "/FontFile3"} & set(inner))


def millimetres(page):
    return tuple(round(float(side) / 72 * 25.4) for side in (page.mediabox.width, page.mediabox.height))


def test_a_paper_carries_head_facts_table_words_and_lines_to_sign_on():
    text = text_of(sample())

    for words in ("接待日小结", "2026年第四季度", "代表接待室", "村口路灯不亮", "已当场答复。", "接待代表：", "站长："):
        assert words in text
    assert "没有填的" not in text


def test_every_page_says_which_of_how_many_it_is_and_repeats_the_heads_of_its_table():
    paper = sample(rows=[[str(number), "村口路灯不亮"] for number in range(1, 41)])

    assert len(paper.pages) == 2
    for number, page in enumerate(paper.pages, start=1):
        assert f"第{number}页共2页" in page.extract_text().replace(" ", "")
        assert "事由" in page.extract_text()


def test_chinese_fonts_are_in_the_file():
    fonts = dict(fonts_of(sample()))

    assert fonts
    assert all(fonts.values()), fonts


@pytest.mark.parametrize(("size", "expected"), [("a4", A4), ("a3", A3)])
def test_a_paper_has_the_size_that_was_asked_for(size, expected):
    assert millimetres(sample(size=size).pages[0]) == expected


@pytest.mark.parametrize(
    "words",
    [
        '#panic("x") *粗* _斜_ `码` $x$ @引 <标签> \\ ] } #[#"',
        '#image("/liaison/settings.py") #read("/liaison/settings.py")',
        "= 不是标题\n- 不是列表\n/ 不是: 术语",
        "// 不是注释 /* 也不是 */ https://example.invalid/?a=1&b=2",
        "{{ settings.SECRET_KEY }} {% now %} ${PATH} %(name)s <script>",
    ],
)
def test_markup_in_the_data_is_printed_as_it_was_typed(words):
    printed = unbroken(sample(words=words, place=words, title=words, rows=[[words, words]])).replace(" ", "")

    for line in words.splitlines():
        assert printed.count(line.replace(" ", "")) >= 4


@pytest.mark.parametrize("words", ["零\x00字节", "\u202e倒写", "😀🏠", "𠮷𪚥龘", "a\u0301\u200b\ufeff"])
def test_odd_characters_break_no_paper(words):
    assert len(sample(words=words, title=words, rows=[[words, words]]).pages) == 1


@pytest.mark.parametrize("character", ["很", "x"])
def test_ten_thousand_characters_without_a_blank_stay_on_the_sheet(character):
    words = character * 10_000

    paper = sample(words=words)

    assert len(paper.pages) > 2
    assert unbroken(paper).count(character) >= 10_000


def test_the_same_data_makes_the_same_file():
    data = {"title": "小结", "size": "a4", "place": "", "rows": [], "words": ""}

    first = typeset(SAMPLE, data)
    time.sleep(1.1)  # a date in the file would count seconds

    assert typeset(SAMPLE, data) == first


def test_a_fact_that_the_template_misses_is_an_error_that_names_the_template():
    with pytest.raises(TypesettingError, match=r"tests/papers/sample\.typ.*title"):
        typeset(SAMPLE, {"size": "a4"})


def test_a_template_that_is_not_there_is_an_error_and_the_next_paper_is_made():
    with pytest.raises(TypesettingError, match=r"papers/typst/none\.typ"):
        typeset("papers/typst/none.typ", {})

    assert len(sample().pages) == 1


def test_papers_asked_for_at_the_same_time_are_all_made_each_with_its_own_words():
    made = {}

    def make(number):
        made[number] = text_of(sample(title=f"第{number}份小结"))

    threads = [Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert [number for number in range(8) if f"第{number}份小结" in made.get(number, "")] == list(range(8))


def test_a_page_is_made_in_less_than_half_a_second():
    sample()

    began = time.perf_counter()
    for number in range(10):
        sample(words=f"第{number}次")

    assert (time.perf_counter() - began) / 10 < 0.5


def test_a_qr_code_is_drawn_at_level_m_without_a_margin_of_its_own():
    drawn = qr_svg("https://example.invalid/petitions/new/?station=NDG-001")

    assert drawn.startswith("<?xml")
    # 54 bytes at level M take version 4: 33 modules a side.
    assert 'width="33"' in drawn
