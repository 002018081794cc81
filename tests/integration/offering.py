"""What each API says of the same object: the built-in one, and ours."""

from operating import Api, Rejected


class Offered:
    """Objects of both APIs in one namespace; nothing is kept of what is only offered."""

    def __init__(self, cluster, namespace):
        self._api, self._namespace = Api(cluster), namespace

    def path(self, version, whole):
        return f"/apis/{version}/namespaces/{self._namespace}/{whole['kind'].lower()}s"

    def refusal(self, version, whole):
        """What the API server says; "" when it takes it."""
        try:
            self._api.post(
                f"{self.path(version, whole)}?dryRun=All", whole | {"apiVersion": version}
            )
        except Rejected as error:
            return str(error)
        return ""

    def change(self, version, whole, **spec):
        self._api.post(self.path(version, whole), whole | {"apiVersion": version})
        try:
            path = f"{self.path(version, whole)}/{whole['metadata']['name']}"
            self._api.patch(path, {"spec": spec})
        except Rejected as error:
            return str(error)
        return ""
