"""A template in words; that they are kubectl's is tested on a control plane."""

from kubectl.objects import template
from podwright.kubectl.pod_template import described


def test_a_plain_template():
    assert described(template()).splitlines() == [
        "Pod Template:",
        "  Labels:\tapp=web",
        "  Containers:",
        "   web:",
        "    Image:\tweb:1",
        "    Port:\t<none>",
        "    Host Port:\t<none>",
        "    Environment:\t<none>",
        "    Mounts:\t<none>",
        "  Volumes:\t<none>",
        "  Node-Selectors:\t<none>",
        "  Tolerations:\t<none>",
    ]


def test_long_annotations_are_cut():
    it = template()
    it["metadata"] = {"annotations": {"b": "x" * 150, "a": "short"}}
    lines = described(it).splitlines()
    assert lines[1:5] == [
        "  Labels:\t<none>",
        "  Annotations:\ta: short",
        "\tb:",
        f"\t  {'x' * 138}...",
    ]


def test_a_volume_of_a_vendor_tells_its_kind():
    lines = described(template(volumes=[{"name": "v", "quobyte": {"volume": "x"}}])).splitlines()
    assert lines[lines.index("  Volumes:") + 1 :][:2] == ["   v:", "    Type:\tquobyte"]
