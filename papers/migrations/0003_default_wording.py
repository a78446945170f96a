from django.db import migrations

# What stood in nobody's rules yet; each office's committee changes it on the page 公文用语.
DEFAULTS = {
    "hand_over": (
        "根据群众意见办理的有关规定，现将下列事项交由你单位办理。",
        "特此交办。",
        "收到后请按期签收；线下办理的，请将回执盖章后送回。",
    ),
    "supervision": ("", "特此督办。", ""),
    "reply": (
        "您好！您反映的编号为{意见编号}的意见收悉。现将办理情况答复如下：",
        "感谢您对人大代表工作的关心和支持。",
        "",
    ),
    "refusal": ("您好！您反映的编号为{意见编号}的意见收悉。经审查，决定不予受理，现告知如下：", "特此告知。", ""),
    "consult": (
        "您好！您反映的编号为{意见编号}的意见已有答复。请您对办理情况作出评价，在方框内打“√”。",
        "",
        "填好后请交联络站。逾期未评价的，不计为满意。",
    ),
    "minutes": ("", "", ""),
    "circular": ("", "特此通报。", ""),
}


def add_wording(apps, schema_editor):
    Wording = apps.get_model("papers", "Wording")
    for kind, (opening, closing, note) in DEFAULTS.items():
        Wording.objects.create(kind=kind, opening=opening, closing=closing, note=note)


class Migration(migrations.Migration):
    dependencies = [("papers", "0002_kinds_codes_wording")]

    operations = [migrations.RunPython(add_wording, migrations.RunPython.noop)]
