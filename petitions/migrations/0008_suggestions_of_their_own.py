"""A suggestion is a matter of its own: sponsors, rounds, organs' parts, answers, clocks and events."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deputies", "0005_codes_of_poster_jobs"),
        ("petitions", "0007_suggestions_make_room"),
        ("stations", "0004_organ_contact"),
        ("supervision", "0009_every_rung_stands_on_a_ladder"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="编号")),
                ("title", models.CharField(max_length=80, verbose_name="标题")),
                ("body", models.TextField(verbose_name="内容")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("raised", "待交办"),
                            ("handling", "办理中"),
                            ("answered", "待代表评价"),
                            ("closed", "办结"),
                            ("returned", "退回代表"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="raised",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("raised_at", models.DateTimeField(verbose_name="提出时间")),
                ("handed_over_at", models.DateTimeField(blank=True, null=True, verbose_name="交办时间")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="最近答复时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "closed_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("satisfied", "代表满意"),
                            ("basically", "代表基本满意"),
                            ("dissatisfied", "二次办理后代表仍不满意"),
                            ("unrated", "逾期未评价"),
                            ("earlier", "旧件，未征询评价"),
                        ],
                        max_length=12,
                        verbose_name="办结方式",
                    ),
                ),
                ("end_reason", models.TextField(blank=True, verbose_name="退回或撤回的理由")),
                ("public_title", models.CharField(blank=True, max_length=80, verbose_name="公开标题")),
                ("summary", models.TextField(blank=True, verbose_name="公开摘要")),
                ("public_answer", models.TextField(blank=True, verbose_name="公开的答复摘要")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="公开时间")),
                ("submission_key", models.UUIDField(editable=False, unique=True)),
                (
                    "cluster",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="suggestions",
                        to="petitions.cluster",
                        verbose_name="同类事项",
                    ),
                ),
                (
                    "co_sponsors",
                    models.ManyToManyField(
                        blank=True,
                        related_name="co_sponsored_suggestions",
                        to="deputies.deputy",
                        verbose_name="联名代表",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestions",
                        to="deputies.deputy",
                        verbose_name="领衔代表",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestions",
                        to="stations.region",
                        verbose_name="交办机关所在区划",
                    ),
                ),
                (
                    "stage_clock",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staged_suggestion",
                        to="supervision.clock",
                        verbose_name="当前环节期限",
                    ),
                ),
            ],
            options={
                "verbose_name": "代表建议",
                "verbose_name_plural": "代表建议",
                "ordering": ["-raised_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="SuggestionCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(verbose_name="意见的轮次")),
                ("awaits", models.BooleanField(default=True, verbose_name="等待建议答复")),
                (
                    "petition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestion_links",
                        to="petitions.petition",
                    ),
                ),
                (
                    "suggestion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links", to="petitions.suggestion"
                    ),
                ),
            ],
            options={
                "verbose_name": "建议关联的意见",
                "verbose_name_plural": "建议关联的意见",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="suggestion",
            name="petitions",
            field=models.ManyToManyField(
                related_name="suggestions",
                through="petitions.SuggestionCase",
                to="petitions.petition",
                verbose_name="关联的群众意见",
            ),
        ),
        migrations.CreateModel(
            name="SuggestionClock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "clock",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suggestion_link",
                        to="supervision.clock",
                    ),
                ),
                (
                    "suggestion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clock_links",
                        to="petitions.suggestion",
                    ),
                ),
            ],
            options={
                "verbose_name": "建议期限",
                "verbose_name_plural": "建议期限",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SuggestionEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("action", models.CharField(max_length=24, verbose_name="动作")),
                ("from_status", models.CharField(blank=True, max_length=10, verbose_name="原状态")),
                ("to_status", models.CharField(blank=True, max_length=10, verbose_name="新状态")),
                ("actor_label", models.CharField(max_length=80, verbose_name="办理人")),
                ("text", models.TextField(blank=True, verbose_name="说明")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "suggestion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="petitions.suggestion"
                    ),
                ),
            ],
            options={
                "verbose_name": "建议办理记录",
                "verbose_name_plural": "建议办理记录",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SuggestionPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_lead", models.BooleanField(default=False, verbose_name="主办")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "办理中"),
                            ("replied", "已答复"),
                            ("returned", "已退回"),
                            ("recalled", "已收回"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("instruction", models.TextField(blank=True, verbose_name="交办要求")),
                ("dispatched_at", models.DateTimeField(verbose_name="交办时间")),
                ("signed_in_at", models.DateTimeField(blank=True, null=True, verbose_name="签收时间")),
                ("replied_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("return_until", models.DateField(verbose_name="可申请退回至")),
                (
                    "return_state",
                    models.CharField(
                        blank=True,
                        choices=[("", "未申请"), ("asked", "待决定"), ("granted", "已同意"), ("refused", "未同意")],
                        default="",
                        max_length=8,
                        verbose_name="退回申请",
                    ),
                ),
                ("return_ground", models.TextField(blank=True, verbose_name="退回理由")),
                (
                    "extension_state",
                    models.CharField(
                        blank=True,
                        choices=[("", "未申请"), ("asked", "待决定"), ("granted", "已同意"), ("refused", "未同意")],
                        default="",
                        max_length=8,
                        verbose_name="延长申请",
                    ),
                ),
                ("extension_reason", models.TextField(blank=True, verbose_name="延长理由")),
                (
                    "answer_clock",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestion_part",
                        to="supervision.clock",
                    ),
                ),
                (
                    "organ",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestion_parts",
                        to="stations.organ",
                        verbose_name="承办单位",
                    ),
                ),
                (
                    "return_proposal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="stations.organ",
                        verbose_name="建议承办单位",
                    ),
                ),
                (
                    "sign_in_clock",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestion_sign_in_of",
                        to="supervision.clock",
                    ),
                ),
                (
                    "signed_in_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "建议交办",
                "verbose_name_plural": "建议交办",
                "ordering": ["-is_lead", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SuggestionReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "待负责人签发"), ("signed", "已签发"), ("sent_back", "退回重办")],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("text", models.TextField(verbose_name="答复内容")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resolved", "已解决"),
                            ("in_progress", "正在解决"),
                            ("planned", "列入计划"),
                            ("not_feasible", "暂不能解决"),
                        ],
                        max_length=14,
                        verbose_name="办理结果",
                    ),
                ),
                ("promise", models.CharField(blank=True, max_length=200, verbose_name="承诺事项")),
                ("promised_on", models.DateField(blank=True, null=True, verbose_name="承诺完成日期")),
                ("drafted_at", models.DateTimeField(verbose_name="拟稿时间")),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="签发时间")),
                ("sent_back_why", models.TextField(blank=True, verbose_name="退回意见")),
                (
                    "drafted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="petitions.suggestionpart",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "建议答复",
                "verbose_name_plural": "建议答复",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SuggestionRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="轮次")),
                ("opened_at", models.DateTimeField(verbose_name="开始时间")),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="开启原因")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                (
                    "attitude",
                    models.CharField(
                        blank=True,
                        choices=[("satisfied", "满意"), ("basically", "基本满意"), ("dissatisfied", "不满意")],
                        max_length=14,
                        verbose_name="对办理态度",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[("satisfied", "满意"), ("basically", "基本满意"), ("dissatisfied", "不满意")],
                        max_length=14,
                        verbose_name="对办理结果",
                    ),
                ),
                ("opinion", models.TextField(blank=True, verbose_name="评价说明")),
                ("rated_at", models.DateTimeField(blank=True, null=True, verbose_name="评价时间")),
                (
                    "suggestion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rounds", to="petitions.suggestion"
                    ),
                ),
            ],
            options={
                "verbose_name": "建议办理轮次",
                "verbose_name_plural": "建议办理轮次",
                "ordering": ["number"],
            },
        ),
        migrations.AddField(
            model_name="suggestionpart",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="petitions.suggestionround"
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestioncase",
            constraint=models.UniqueConstraint(fields=("suggestion", "petition"), name="a_case_once_a_suggestion"),
        ),
        migrations.AddConstraint(
            model_name="suggestioncase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("awaits", True)), fields=("petition",), name="one_unanswered_suggestion_a_case"
            ),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(fields=["-raised_at", "-id"], name="suggestion_newest"),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(fields=["region", "status"], name="suggestion_region_status"),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(
                condition=models.Q(("published_at__isnull", False)),
                fields=["-published_at", "-id"],
                name="suggestion_published",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "closed"), _negated=True),
                    models.Q(("closed_how", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_closed_suggestion_says_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "returned"), _negated=True),
                    models.Q(("end_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_returned_suggestion_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="suggestionevent",
            index=models.Index(fields=["suggestion", "at", "id"], name="suggestion_event_timeline"),
        ),
        migrations.AddConstraint(
            model_name="suggestionreply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "signed"])),
                fields=("part",),
                name="one_standing_suggestion_reply",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestionreply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__in", ["in_progress", "planned"]), ("promised_on__isnull", False)),
                    models.Q(
                        models.Q(("outcome__in", ["in_progress", "planned"]), _negated=True), ("promised_on", None)
                    ),
                    _connector="OR",
                ),
                name="a_promising_suggestion_answer_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestionround",
            constraint=models.UniqueConstraint(fields=("suggestion", "number"), name="one_suggestion_round_a_number"),
        ),
        migrations.AddIndex(
            model_name="suggestionpart",
            index=models.Index(fields=["organ", "state"], name="suggestion_part_organ_state"),
        ),
        migrations.AddConstraint(
            model_name="suggestionpart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_lead", True), ("state__in", ["open", "replied"])),
                fields=("round",),
                name="one_lead_organ_a_suggestion_round",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestionpart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["open", "replied"])),
                fields=("round", "organ"),
                name="an_organ_once_a_suggestion_round",
            ),
        ),
        migrations.RunSQL("CREATE SEQUENCE suggestion_number", "DROP SEQUENCE suggestion_number"),
        migrations.RunSQL(
            """
            CREATE TRIGGER suggestion_event_append_only BEFORE UPDATE OR DELETE ON petitions_suggestionevent
                FOR EACH ROW EXECUTE FUNCTION refuse_event_change();
            """,
            "DROP TRIGGER suggestion_event_append_only ON petitions_suggestionevent",
        ),
    ]
