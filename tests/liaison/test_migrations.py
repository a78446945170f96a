"""A new version may come while a million rows are being written to: no migration keeps writers waiting for long.

What is meant: columns that are empty or have a default of the database's, indexes made beside the writers, constraints that
are checked afterwards, and nothing taken from under the feet of the old version, which goes on until its last process ends.
"""

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import NOT_PROVIDED

# Tables that reach a million rows in a province.
BIG = {
    "accounts.viewlog",
    "deputies.note",
    "deputies.appointment",
    "insights.answerdays",
    "notices.message",
    "papers.paper",
    "petitions.assignment",
    "petitions.clocklink",
    "petitions.commitment",
    "petitions.event",
    "petitions.petition",
    "petitions.photo",
    "petitions.proposer",
    "petitions.rating",
    "petitions.reply",
    "petitions.round",
    "petitions.searchentry",
    "supervision.clock",
    "supervision.clockchange",
    "supervision.extension",
    "supervision.pause",
    "supervision.reminder",
    "vault.identity",
}
# The newest migrations of before there was this rule.
BASELINE = {
    "accounts": "0002",
    "deputies": "0005",
    "insights": "0003",
    "notices": "0003",
    "papers": "0004",
    "petitions": "0017",
    "supervision": "0010",
    "vault": "0001",
}
# Looked at by a person, with the reason why no writer waits.
REVIEWED = {
    "notices.0005_quicker_writing": "drops indexes beside the writers",
    "papers.0005_letters_of_a_case": "drops indexes and tells the planner something, beside the writers",
    "petitions.0019_suspicions": "enters one reason into a table of a dozen rows",
    "petitions.0023_replies_are_found": "enters replies case by case, each in a transaction of its own",
    "petitions.0024_open_cases_are_marked": "adds a mark to entries, five hundred in a transaction, which takes a second",
    "petitions.0025_quicker_writing": "drops indexes beside the writers",
    "petitions.0026_what_is_found_by_a_case": "one case, or five hundred papers, in a transaction",
    "supervision.0013_quicker_writing": "drops indexes beside the writers",
    "vault.0005_retention": "enters the usual terms into a table that is new",
}
GONE = (
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
    migrations.RemoveField,
    migrations.DeleteModel,
)


def objections(operation, app, state):
    """What speaks against one operation, as the tables stand before it."""
    if isinstance(operation, migrations.RunSQL):
        named = [table for table in BIG if table.replace(".", "_") in str(operation.sql)]
        return [f"does something with {', '.join(named)}: look at it and enter it under REVIEWED"] if named else []
    if isinstance(operation, migrations.RunPython):
        return ["runs what cannot be judged here: look at it and enter it under REVIEWED"]
    table = f"{app}.{getattr(operation, 'model_name', getattr(operation, 'name', '')).lower()}"
    if table not in BIG:
        return []
    if isinstance(operation, GONE):
        return ["takes away what the old version still asks for"]
    if isinstance(operation, migrations.AddIndex) and not isinstance(operation, AddIndexConcurrently):
        return ["makes an index while writers wait: AddIndexConcurrently"]
    if isinstance(operation, migrations.AddConstraint) and not isinstance(operation, AddConstraintNotValid):
        return ["checks all rows while writers wait: AddConstraintNotValid, then ValidateConstraint"]
    if isinstance(operation, migrations.AddField):
        return _of_a_new_column(operation.field)
    if isinstance(operation, migrations.AlterField):
        return _of_a_changed_column(
            state.models[app, operation.model_name.lower()].fields[operation.name], operation.field
        )
    return []


def _of_a_new_column(field):
    said = []
    if not field.many_to_many and not field.null and field.db_default is NOT_PROVIDED:
        said.append("writes every row anew, or keeps the old version from inserting: null or db_default")
    if field.db_index or field.unique:
        said.append("makes an index while writers wait: db_index=False, then AddIndexConcurrently")
    return said


def _of_a_changed_column(old, new):
    if old.null and not new.null:
        return ["looks at every row while writers wait: AddConstraintNotValid first"]
    if type(old) is not type(new) or (old.max_length or 0) > (new.max_length or 10**9):
        return ["writes every row anew"]
    if (new.db_index and not old.db_index) or (new.unique and not old.unique):
        return ["makes an index while writers wait"]
    return []


def all_objections():
    loader, state, found = MigrationLoader(None), ProjectState(), []
    for key in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        migration = loader.graph.nodes[key]
        app, name = key
        for operation in migration.operations:
            if app in BASELINE and name[:4] > BASELINE[app] and f"{app}.{name}" not in REVIEWED:
                found += [f"{app}.{name}: {operation.describe()}: {said}" for said in objections(operation, app, state)]
            operation.state_forwards(app, state)
    return found


def test_no_migration_keeps_the_writers_of_a_million_rows_waiting():
    assert all_objections() == []


PETITION = "petition"
INDEX = models.Index(fields=["place"], name="by_place")
CHECK = models.CheckConstraint(condition=models.Q(place=""), name="no_place")


@pytest.mark.parametrize(
    ("operation", "objected"),
    [
        (migrations.AddField(PETITION, "more", models.IntegerField(null=True)), False),
        (migrations.AddField(PETITION, "more", models.IntegerField(db_default=0)), False),
        (migrations.AddField(PETITION, "more", models.IntegerField(default=0)), True),
        (migrations.AddField(PETITION, "more", models.IntegerField(null=True, db_index=True)), True),
        (migrations.AddField(PETITION, "more", models.ForeignKey("stations.Station", models.PROTECT, null=True)), True),
        (migrations.AddIndex(PETITION, INDEX), True),
        (AddIndexConcurrently(PETITION, INDEX), False),
        (migrations.AddConstraint(PETITION, CHECK), True),
        (AddConstraintNotValid(PETITION, CHECK), False),
        (ValidateConstraint(PETITION, "no_place"), False),
        (migrations.RemoveField(PETITION, "place"), True),
        (migrations.RenameField(PETITION, "place", "where"), True),
        (migrations.AlterField(PETITION, "place", models.CharField(max_length=300)), False),
        (migrations.AlterField(PETITION, "place", models.CharField(max_length=3)), True),
        (migrations.AlterField(PETITION, "place", models.IntegerField()), True),
        (migrations.AddField("category", "more", models.IntegerField(default=0)), False),
        (migrations.RunSQL("UPDATE petitions_petition SET place = ''"), True),
    ],
)
def test_the_rule_tells_what_waits_from_what_does_not(operation, objected):
    state = ProjectState()
    state.add_model(ModelState("petitions", "Petition", [("place", models.CharField(max_length=200))]))

    assert bool(objections(operation, "petitions", state)) is objected
