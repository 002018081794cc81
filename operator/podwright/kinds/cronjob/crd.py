"""How a CronJob looks from outside: the schema of batch/v1, kubectl's columns, and the checks.

Kubernetes: pkg/apis/batch/validation/validation.go, ``ValidateCronJobCreate``,
``validateCronJobSpec``, ``validateScheduleFormat``, ``validateTimeZone``,
``ValidateJobTemplateSpec``; pkg/apis/batch/v1/defaults.go, ``SetDefaults_CronJob``.

Differs: of a schedule the API server cannot say everything here: a range that goes backwards, and a
time zone that does not exist, come back as an event, in batch/v1's words. Of a Job's template it
checks what it checks of a Job. A last schedule that there is not is an empty column.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podwright.kinds.cronjob.grammar import DESCRIPTORS, EVERY, FIELDS, TIME_ZONE_INSIDE
from podwright.rules import checks, columns, job_checks, job_policy_checks
from podwright.rules.checks import at_least_zero, one_of
from podwright.workload import Check, Column, Crd

_SCHEDULE, _ZONE = "spec.schedule", "spec.timeZone"
_JOB = "spec.jobTemplate.spec"
_LONGEST_NAME = 52

_COLUMNS = (
    Column("Schedule", "string", ".spec.schedule"),
    Column("Timezone", "string", ".status.podwright.timeZone"),
    Column("Suspend", "string", ".status.podwright.suspend"),
    Column("Active", "string", ".status.podwright.active"),
    Column("Last Schedule", "date", ".status.lastScheduleTime"),
    columns.AGE,
    *columns.CONTAINERS,
    Column("Selector", "string", ".status.podwright.selector", wide=True),
)

_DEFAULTS: Mapping[str, Any] = {
    "spec.concurrencyPolicy": "Allow",
    "spec.suspend": False,
    "spec.successfulJobsHistoryLimit": 3,
    "spec.failedJobsHistoryLimit": 1,
    f"{_JOB}.{job_policy_checks.RULE}.onPodConditions[].status": "True",
    # Until the first status is written, so that kubectl shows 0 as it does for batch/v1.
    "status": {"podwright": {"active": "0"}},
}

_IS_DESCRIPTOR = "self.startsWith('@')"
_WORDS = r"self.replace('\t', ' ').replace('\n', ' ').split(' ').filter(word, word != '')"
_DURATION = "[+-]?(0|(([0-9]+([.][0-9]*)?|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h))+)"
_VALUES = {
    "minute": "[0-5]?[0-9]",
    "hour": "1?[0-9]|2[0-3]",
    "day of the month": "[12]?[1-9]|[123]0|31",
    "month": "[1-9]|1[0-2]",
    "day of the week": "[0-6]",
}


def pattern(number: int) -> str:
    """What a field has to look like; that a range goes forward, no pattern can say.

    Kubernetes: github.com/robfig/cron/v3 parser.go, ``getField``, ``getRange``.
    """
    names = "|".join(FIELDS[number].names)
    value = f"([+]?0*({list(_VALUES.values())[number]}){f'|(?i:{names})' if names else ''})"
    item = f"([*?](-[^,/]*)?|{value}(-{value})?)(/[+]?[0-9]*[1-9][0-9]*)?"
    return f"^,*({item}(,+{item})*)?,*$"


def _field(number: int, name: str) -> Check:
    word = f"{_WORDS}[{number}]"
    return Check(
        _SCHEDULE,
        f"{_IS_DESCRIPTOR} || {_WORDS}.size() != {len(FIELDS)} || "
        f"{word}.matches('{pattern(number)}')",
        f"cannot be understood: {name}",
        message_expression=f"'cannot be understood: {name} ' + {word}",
    )


_SCHEDULES = (
    Check(_SCHEDULE, "self != ''", "a CronJob needs a schedule", reason=checks.REQUIRED),
    Check(_SCHEDULE, "!self.contains('TZ')", TIME_ZONE_INSIDE),
    Check(
        _SCHEDULE,
        f"self == '' || {_IS_DESCRIPTOR} || {_WORDS}.size() == {len(FIELDS)}",
        f"expected exactly {len(FIELDS)} fields",
        # A text of a number has no bound that the API server knows.
        message_expression=f"'expected exactly {len(FIELDS)} fields, found ' + "
        f"({_WORDS}.size() < 10 ? ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']["
        f"{_WORDS}.size()] : 'many') + ': [' + self + ']'",
    ),
    Check(
        _SCHEDULE,
        f"!{_IS_DESCRIPTOR} || self.startsWith('{EVERY}') || self in {list(DESCRIPTORS)}",
        "unrecognized descriptor",
        message_expression="'unrecognized descriptor: ' + self",
    ),
    Check(
        _SCHEDULE,
        f"!self.startsWith('{EVERY}') || self.matches('^{EVERY}{_DURATION}$')",
        "failed to parse duration",
        message_expression="'failed to parse duration ' + self",
    ),
    *(_field(number, name) for number, name in enumerate(_VALUES)),
)

_ZONES = (
    Check(_ZONE, "self != ''", "timeZone must be nil or non-empty string"),
    Check(
        _ZONE,
        "self == '' || self.split('/').all(part, "
        "part.matches('^[A-Za-z._0-9+][A-Za-z._0-9+-]{0,13}$') && part != '.' && part != '..')",
        "unknown time zone",
        message_expression="'unknown time zone ' + self",
    ),
    Check(
        _ZONE,
        "self.lowerAscii() != 'local'",
        "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
    ),
)

_TEMPLATE = (
    *job_checks.spec(_JOB),
    Check(_JOB, "!has(self.selector)", "`selector` will be auto-generated", field="selector"),
    Check(f"{_JOB}.manualSelector", "!self", 'supported values: "nil", "false"'),
)

CRONJOB_CRD = Crd(
    short_names=("pcj",),
    columns=_COLUMNS,
    checks=(
        Check(
            "",
            f"self.metadata.name.size() <= {_LONGEST_NAME}",
            f"metadata.name: must be no more than {_LONGEST_NAME} characters",
        ),
        *_SCHEDULES,
        *_ZONES,
        at_least_zero("spec.startingDeadlineSeconds"),
        at_least_zero("spec.successfulJobsHistoryLimit"),
        at_least_zero("spec.failedJobsHistoryLimit"),
        one_of("spec.concurrencyPolicy", "Allow", "Forbid", "Replace"),
        *_TEMPLATE,
    ),
    upstream="batch/v1/CronJob",
    defaults=_DEFAULTS,
    keywords={
        _SCHEDULE: {"maxLength": 1000},
        _ZONE: {"maxLength": 200},
        "spec.concurrencyPolicy": {"maxLength": 50},
        **job_checks.limits(_JOB),
        _JOB: {"required": ["template"]},
        "spec.jobTemplate": {"required": ["spec"]},
    },
)
