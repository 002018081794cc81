"""The command line: ``kubectl podwright``, which is the program ``kubectl-podwright``."""

from __future__ import annotations

import sys

import click
from click.shell_completion import ShellComplete

from podwright.kubectl import lazy

_VERBS = "podwright.kubectl."
_NAME = "kubectl podwright"

rollout = lazy.Group(
    "rollout",
    {
        "history": (_VERBS + "rollout_history:history", "View rollout history"),
        "pause": (_VERBS + "rollout_pause:pause", "Mark the provided resource as paused"),
        "restart": (_VERBS + "rollout_restart:restart", "Restart a resource"),
        "resume": (_VERBS + "rollout_pause:resume", "Resume a paused resource"),
        "status": (_VERBS + "rollout_status:status", "Show the status of the rollout"),
        "undo": (_VERBS + "rollout_undo:undo", "Undo a previous rollout"),
    },
    """Manage the rollout of one or many resources.

    \b
    Examples:
      # Rollback to the previous deployment
      kubectl podwright rollout undo deployment/abc

    \b
      # Check the rollout status of a daemon set
      kubectl podwright rollout status daemonset/logs

    \b
      # Restart stateful sets with the 'app=nginx' label
      kubectl podwright rollout restart statefulset --selector=app=nginx
    """,
)

create = lazy.Group(
    "create",
    {"job": (_VERBS + "create_job:job", "Create a job with the specified name")},
    """Create a resource.

    \b
    Examples:
      # Run a cron job now
      kubectl podwright create job test-job --from=cronjob/a-cronjob
    """,
)

set_ = lazy.Group(
    "set",
    {"image": (_VERBS + "set_image:image", "Update the image of a pod template")},
    """Set specific features on objects.

    These commands help you make changes to existing application resources.
    """,
)

main = lazy.Group(
    _NAME,
    {
        "create": (_VERBS + "__main__:create", "Create a resource"),
        "rollout": (_VERBS + "__main__:rollout", "Manage the rollout of a resource"),
        "set": (_VERBS + "__main__:set_", "Set specific features on objects"),
        "why": (_VERBS + "why:why", "Say what a workload waits for, and what would help"),
    },
    """What kubectl does for built-in workloads only, for those of Podwright; and why one waits.

    \b
    Examples:
      kubectl podwright rollout status deployment/web
      kubectl podwright set image daemonset/logs app=logs:2
      kubectl podwright create job now --from=cronjob/backup
      kubectl podwright why statefulset/web
    """,
)


def run() -> None:
    """The program ``kubectl-podwright``."""
    main(prog_name=_NAME)


def complete() -> None:
    """The program ``kubectl_complete-podwright``, which kubectl asks for completions.

    It is given the words so far, the last one unfinished, and answers with one completion a line
    and, in the end, what the shell is to do: 4, offer no files.

    Kubernetes: k8s.io/kubectl pkg/cmd/plugin/plugin_completion.go.
    """
    *words, unfinished = sys.argv[1:] or [""]
    found = ShellComplete(main, {}, _NAME, "").get_completions(words, unfinished)
    for each in found:
        click.echo(f"{each.value}\t{each.help}" if each.help else each.value)
    click.echo(":4")


if __name__ == "__main__":
    run()
