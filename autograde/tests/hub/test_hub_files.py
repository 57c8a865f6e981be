"""The files for real hubs: they load, and start commands that the course has."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import click
import pytest
import yaml
from traitlets.config import Config, PyFileConfigLoader

from autograde.commands.main import main
from autograde.course.layout import ROOT
from autograde.grading.roster import Person, Roster

FOLDER = ROOT / "docs" / "instructors" / "hub"
COURSE = "deep-learning-2026"
HOME = {"name": "home", "mountPath": "/home/jovyan"}


def loaded(name: str) -> Config:
    return PyFileConfigLoader(name, path=str(FOLDER)).load_config()


def spawner(name: str, *groups: str) -> SimpleNamespace:
    user = SimpleNamespace(
        name=name,
        admin="instructors" in groups,
        groups=[SimpleNamespace(name=group) for group in groups],
    )
    return SimpleNamespace(user=user, cmd=[], args=[], environment={}, volume_mounts=[])


def accepts(arguments: list[str]) -> bool:
    """Whether ``autograde`` has the subcommand, with these options."""
    _, command, rest = main.resolve_command(click.Context(main), arguments)
    command.make_context(command.name, list(rest), resilient_parsing=False)
    return True


def started(command: list[str]) -> list[str]:
    """What follows ``python -P -m autograde``."""
    place = command.index("autograde")
    assert command[place - 2 : place] == ["-P", "-m"]
    return command[place + 1 :]


def test_the_littlest_jupyterhub(tmp_path, monkeypatch):
    """Its own package cannot be installed: it shortens what an account is called."""
    names = SimpleNamespace(generate_system_username=lambda name: name[:26])
    monkeypatch.setitem(sys.modules, "tljh", SimpleNamespace(normalize=names))
    monkeypatch.setitem(sys.modules, "tljh.normalize", names)
    config = loaded("littlest_jupyterhub.py")
    for name, groups in (("ada", ()), ("teacher", ("instructors",))):
        found = spawner(name, *groups)
        config.Spawner.pre_spawn_hook(found)
        words = started([*found.cmd, *found.args])
        assert words[0] == ("instructor" if groups else "singleuser")
        made = [str(tmp_path) if "/" in word else word for word in words]
        assert accepts(made)
    long = spawner("anna.lindqvist@university.example", "instructors")
    config.Spawner.pre_spawn_hook(long)
    assert long.args[-1] == "/home/jupyter-anna.lindqvist@uni/course"
    assert (config.Spawner.mem_guarantee, config.Spawner.mem_limit) == ("1G", "2G")


def hook(values: dict):
    names = {"c": Config()}
    exec(values["hub"]["extraConfig"]["deep-learning"], names)
    return names["c"].KubeSpawner.pre_spawn_hook


@pytest.mark.parametrize("own", [[HOME], {"home": HOME}], ids=["list", "by name"])
def test_kubernetes_mounts_a_students_own_folder_alone(own, tmp_path):
    """The chart has the mounts of its own in a list, and since 4.0 by their names."""
    values = yaml.safe_load((FOLDER / "kubernetes.yaml").read_text("utf-8"))
    student, teacher = spawner("ada"), spawner("teacher", "instructors")
    for found in (student, teacher):
        found.volume_mounts = own
        hook(values)(found)
        assert found.volume_mounts.pop(0) == HOME
    mounts = {mount["subPath"]: mount["readOnly"] for mount in student.volume_mounts}
    assert mounts == {
        f"{COURSE}/outbound": True,
        f"{COURSE}/students/ada/inbound": False,
        f"{COURSE}/students/ada/feedback": True,
        f"{COURSE}/students/ada/extensions": True,
    }
    assert [mount["mountPath"] for mount in teacher.volume_mounts] == ["/srv/exchange"]
    words = started([*values["singleuser"]["cmd"]])
    assert accepts([str(tmp_path) if "/" in word else word for word in words])
    words = started([*teacher.cmd, *teacher.args])
    assert accepts([str(tmp_path) if "/" in word else word for word in words])
    volume = yaml.safe_load((FOLDER / "kubernetes_volume.yaml").read_text("utf-8"))
    (extra,) = values["singleuser"]["storage"]["extraVolumes"]
    claim = extra["persistentVolumeClaim"]["claimName"]
    assert volume["metadata"]["name"] == claim
    assert volume["spec"]["accessModes"] == ["ReadWriteMany"]


@pytest.mark.parametrize(
    "name, owners",
    [("nbgrader_config.py", True), ("nbgrader_config_containers.py", False)],
)
def test_nbgraders_configuration_names_one_exchange(name, owners):
    from nbgrader.exchange.default import Exchange, ExchangeCollect

    config = loaded(name)
    assert config.CourseDirectory.course_id == COURSE
    assert Exchange(config=config).root == "/srv/exchange"
    assert ExchangeCollect(config=config).check_owner is owners


CLAIM = "https://purl.imsglobal.org/spec/lti/claim"


def launch(**more: str) -> dict:
    """What a platform says of someone who opens the course's link."""
    now = datetime.now(UTC)
    return {
        "iss": "https://lms.example.org",
        "aud": "the-client-id",
        "sub": "17",
        "email": "Ada@Uni.Example",
        "iat": now,
        "exp": now + timedelta(minutes=5),
        "nonce": "once",
        f"{CLAIM}/version": "1.3.0",
        f"{CLAIM}/message_type": "LtiResourceLinkRequest",
        f"{CLAIM}/deployment_id": "1",
        f"{CLAIM}/target_link_uri": "https://hub.example.org/hub/lti13/oauth_callback",
        f"{CLAIM}/resource_link": {"id": "course"},
        f"{CLAIM}/roles": [],
        **more,
    }


def test_a_launch_from_a_platform_names_the_student_of_the_roster(monkeypatch):
    """Signed and validated as by LTI 1.3; its platform writes names in its own case."""
    lti = pytest.importorskip(
        "ltiauthenticator.lti13.auth", reason="no ltiauthenticator here"
    )
    import jwt
    from cryptography.hazmat.primitives.asymmetric import rsa
    from ltiauthenticator.lti13.error import ValidationError
    from ltiauthenticator.lti13.validator import LTI13LaunchValidator

    own, strange = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    public = jwt.algorithms.RSAAlgorithm.to_jwk(own.public_key(), as_dict=True)
    keys = {"keys": [public | {"kid": "k", "use": "sig", "alg": "RS256"}]}
    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", lambda client: keys)
    login = lti.LTI13Authenticator(config=loaded("lti.py"))

    def enter(said: dict, key: rsa.RSAPrivateKey = own) -> str:
        token = jwt.encode(said, key, "RS256", {"kid": "k"})
        check = LTI13LaunchValidator()
        found = check.verify_and_decode_jwt(
            token, login.issuer, login.client_id, login.jwks_endpoint, ["RS256"]
        )
        check.validate_id_token(found)
        return asyncio.run(login.get_authenticated_user(None, found))["name"]

    people = {"ada": Person("ada", login="ADA@uni.example"), "bob": Person("bob")}
    assert Roster(people).by("login", enter(launch())) == ["ada"]
    for said, key in (
        (launch(), strange),
        (launch(aud="another client"), own),
        (launch(iss="https://another.example.org"), own),
        (launch(**{f"{CLAIM}/version": "1.2.0"}), own),
    ):
        with pytest.raises(ValidationError):
            enter(said, key)


def test_login_by_lti_names_settings_that_there_are():
    lti = pytest.importorskip(
        "ltiauthenticator.lti13.auth", reason="no ltiauthenticator here"
    )
    found = lti.LTI13Authenticator(config=loaded("lti.py"))
    assert found.username_key == "email" and found.client_id == {"the-client-id"}
    names = set(loaded("lti.py").LTI13Authenticator)
    assert names <= set(lti.LTI13Authenticator.class_trait_names())
