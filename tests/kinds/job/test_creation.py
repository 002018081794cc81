from jobs import TEMPLATE, job, look, task, work
from podwright import labels
from podwright.kinds.job import creation

UID = "uid-work"
WHOSE = {
    "batch.kubernetes.io/job-name": "work",
    "job-name": "work",
    "batch.kubernetes.io/controller-uid": UID,
    "controller-uid": UID,
}


def made(owner, place, *pods):
    (create,) = creation.pods(look(owner), [place], work(owner, *pods)).actions
    return create


def indexed(**spec):
    return job(completionMode="Indexed", completions=3, **spec)


def test_a_pod_says_whose_it_is_and_is_tracked():
    create = made(job(), None)
    metadata = create.manifest["metadata"]
    assert metadata == {
        "labels": {"app": "work"} | WHOSE,
        "finalizers": ["batch.podwright.dev/job-tracking"],
    }
    assert create.manifest["spec"] == TEMPLATE["spec"]
    assert create.like == TEMPLATE


def test_labels_of_another_job_in_a_copied_template_are_written_over():
    copied = {"metadata": {"labels": {"controller-uid": "old"}}, "spec": TEMPLATE["spec"]}
    assert made(job(template=copied), None).manifest["metadata"]["labels"] == WHOSE


def test_whoever_chooses_pods_labels_them():
    owner = job(manualSelector=True, selector={"matchLabels": {"app": "work"}})
    assert made(owner, None).manifest["metadata"]["labels"] == {"app": "work"}


def test_without_labels_there_is_no_pod():
    owner = job(manualSelector=True, template={"spec": {}})
    assert not creation.pods(look(owner), [None], work(owner)).steps


def test_an_index_is_label_annotation_variable_host_and_name():
    manifest = made(indexed(), 2).manifest
    metadata, spec = manifest["metadata"], manifest["spec"]
    assert metadata["generateName"] == "work-2-"
    assert metadata["labels"][labels.COMPLETION_INDEX] == "2"
    assert metadata["annotations"] == {labels.COMPLETION_INDEX: "2"}
    assert spec["hostname"] == "work-2"
    field = {"fieldPath": "metadata.labels['batch.kubernetes.io/job-completion-index']"}
    variable = {"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": field}}
    assert spec["containers"][0]["env"] == [variable]
    assert "env" not in TEMPLATE["spec"]["containers"][0]


def test_a_variable_of_that_name_stays():
    own = [{"name": "JOB_COMPLETION_INDEX", "value": "9"}]
    spec = {"containers": [{"name": "a", "env": own}], "initContainers": [{"name": "b"}]}
    got = made(indexed(template={"spec": spec}), 0).manifest["spec"]
    assert got["containers"][0]["env"] == own
    assert len(got["initContainers"][0]["env"]) == 1


def test_a_replacement_carries_the_failures_of_its_index():
    owner = indexed(backoffLimitPerIndex=3)
    first = made(owner, 1).manifest["metadata"]["annotations"]
    assert first[labels.INDEX_FAILURES] == "0"
    pod = task("a", "Failed", index=1, failures=1, ignored=2)
    notes = made(owner, 1, pod).manifest["metadata"]["annotations"]
    assert (notes[labels.INDEX_FAILURES], notes[labels.INDEX_IGNORED_FAILURES]) == ("2", "2")


def test_a_long_name_is_cut_before_its_index():
    assert creation.prefix("x" * 60, 12) == "x" * 54 + "-12-"
    assert creation.prefix("work", 12) == "work-12-"
