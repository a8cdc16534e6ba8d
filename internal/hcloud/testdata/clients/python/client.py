"""Uses hcloud-python as its authors mean it to be used.

It is run by TestClients, which says in the environment where the door is. It
ends with status 1 and a traceback when something is not as it should be.
"""

import os
from datetime import datetime, timedelta, timezone

from hcloud import APIException, Client
from hcloud.images.domain import Image
from hcloud.locations.domain import Location
from hcloud.server_types.domain import ServerType


def client(token):
    return Client(token=os.environ[token], api_endpoint=os.environ["HCLOUD_ENDPOINT"], poll_interval=0.03)


def equal(got, want):
    assert got == want, f"got {got!r}, want {want!r}"


def refused(code, says, do):
    try:
        do()
    except APIException as error:
        equal(error.code, code)
        assert says in error.message, f"got {error.message!r}, want {says!r} in it"
    else:
        raise AssertionError(f"it is not refused with {code}")


rich, poor = client("HCLOUD_TOKEN"), client("POOR_TOKEN")

equal([location.name for location in rich.locations.get_all()], ["ams", "osl"])
equal(rich.locations.get_by_name("ams").city, "Amsterdam")
types = {kind.name: kind for kind in rich.server_types.get_all()}
equal(sorted(types), ["m1", "s1", "s2"])
equal((types["s2"].cores, types["s2"].memory, types["s2"].disk), (2, 1, 20))
equal(types["s1"].prices[0]["price_hourly"]["net"], "0.01")
equal(rich.images.get_by_name("debian-13").os_flavor, "debian")
assert rich.isos.get_all() == rich.volumes.get_all() == rich.firewalls.get_all() == []

key = rich.ssh_keys.create(name="python", public_key=os.environ["PUBLIC_KEY"])
equal(rich.ssh_keys.get_by_name("python").fingerprint, key.fingerprint)

made = rich.servers.create(
    name="python-1",
    server_type=ServerType(name="s1"),
    image=Image(name="debian-13"),
    location=Location(name="ams"),
    ssh_keys=[key],
    labels={"env": "test"},
)
made.action.wait_until_finished()
server = rich.servers.get_by_name("python-1")
equal((server.id, server.status, server.image.name), (made.server.id, "running", "debian-13"))
equal([found.id for found in rich.servers.get_all(label_selector="env=test")], [server.id])

for action, status in (
    (server.power_off, "off"),
    (server.power_on, "running"),
    (server.reboot, "running"),
    (lambda: server.change_type(ServerType(name="s2"), upgrade_disk=True), "running"),
    (lambda: server.rebuild(Image(name="ubuntu-24.04")), "running"),
):
    action().wait_until_finished()
    server.reload()
    equal(server.status, status)
equal((server.server_type.name, server.primary_disk_size, server.image.name), ("s2", 20, "ubuntu-24.04"))

rescued = server.enable_rescue(type="linux64", ssh_keys=[])
rescued.action.wait_until_finished()
server.reload()
equal((server.rescue_enabled, len(rescued.root_password)), (True, 20))
server.disable_rescue().wait_until_finished()
reset = server.reset_password()
reset.action.wait_until_finished()
equal(len(reset.root_password), 20)

server = server.update(name="python-2", labels={"env": "prod"})
equal((server.name, server.labels), ("python-2", {"env": "prod"}))
now = datetime.now(timezone.utc)
measured = rich.servers._client.request(
    url=f"/servers/{server.id}/metrics",
    method="GET",
    params={"type": "cpu,network", "start": (now - timedelta(hours=1)).isoformat(), "end": now.isoformat()},
)
equal(len(measured["metrics"]["time_series"]), 5)

server.change_protection(delete=True, rebuild=True).wait_until_finished()
refused("protected", "protected", server.delete)
server.change_protection(delete=False, rebuild=False).wait_until_finished()
assert len(server.get_actions()) >= 6


def order(by, location):
    return lambda: by.servers.create(
        name="python-3", server_type=ServerType(name="s1"), image=Image(name="debian-13"), location=Location(name=location)
    )


refused("resource_limit_exceeded", "The balance of 0 credits is not enough", order(poor, "ams"))
refused("resource_unavailable", "There is no room for this plan in Oslo 1", order(rich, "osl"))

server.delete().wait_until_finished()
equal(rich.servers.get_by_name("python-2"), None)
refused("not_found", "not found", server.reload)
key.delete()
equal(rich.ssh_keys.get_all(), [])
