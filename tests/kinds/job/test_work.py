from jobs import job, task, work

INDEXED = {"completionMode": "Indexed", "completions": 3, "parallelism": 3}


def names(pods):
    return [pod.name for pod in pods]


def test_what_has_ended_and_is_not_noted_is_new():
    status = {"succeeded": 2, "failed": 1, "uncountedTerminatedPods": {"succeeded": ["uid-a"]}}
    pods = [task("a", "Succeeded"), task("b", "Succeeded"), task("c", "Failed"), task("d")]
    it = work(job(status, completions=9), *pods, task("e", "Succeeded", tracked=False))
    assert (names(it.new_succeeded), names(it.new_failed)) == (["b"], ["c"])
    assert (it.succeeded, it.failed, names(it.active)) == (4, 2, ["d"])


def test_an_index_succeeds_once():
    owner = job({"completedIndexes": "0"}, **INDEXED)
    it = work(owner, task("a", "Succeeded", index=0), task("b", "Succeeded", index=2))
    assert (it.succeeded_indexes, it.succeeded) == (((0, 0), (2, 2)), 2)
    assert names(it.new_succeeded) == ["b"]


def test_what_was_counted_as_failed_does_not_succeed_afterwards():
    owner = job({"uncountedTerminatedPods": {"failed": ["uid-a"]}}, **INDEXED)
    assert work(owner, task("a", "Succeeded", index=0)).succeeded_indexes == ()


def test_the_last_failed_pod_of_an_index_is_held_until_the_next_is_there():
    owner = job(backoffLimitPerIndex=3, **INDEXED)
    pods = [task("a", "Failed", index=1, failures=0), task("b", "Failed", index=1, failures=1)]
    assert {i: pod.name for i, pod in work(owner, *pods).held.items()} == {1: "b"}
    assert work(owner, *pods, task("c", index=1, failures=2)).held == {}


def test_an_index_that_has_failed_holds_nobody():
    owner = job(backoffLimitPerIndex=0, **INDEXED)
    it = work(owner, task("a", "Failed", index=1, failures=0))
    assert (it.failed_indexes, it.held) == (((1, 1),), {})


def test_an_index_whose_pod_was_removed_with_the_job_has_not_failed():
    status = {"failedIndexes": "0", "uncountedTerminatedPods": {"failed": ["uid-a", "uid-b"]}}
    owner = job(status, backoffLimitPerIndex=0, **INDEXED)
    pods = [task(name, index=i, failures=0, terminating=True) for i, name in enumerate("abc")]
    assert work(owner, *pods).failed_indexes == ((0, 0), (2, 2))


def test_the_order_of_pods_does_not_matter():
    pods = [task(name, "Failed") for name in "abc"]
    assert work(job(), *pods) == work(job(), *reversed(pods))
