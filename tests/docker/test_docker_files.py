"""The deployment files: what they say of users, mounts and networks is what SECURITY promises."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from app.config import Settings
from app.server.health import PROCESSES

DOCKER = Path(__file__).parents[2] / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yml").read_text())
MANIFESTS = [each for each in yaml.safe_load_all((DOCKER / "kubernetes" / "goldseam.yaml").read_text()) if each]
PODS = {
    each["metadata"]["name"]: each["spec"]["template"]["spec"] for each in MANIFESTS if each["kind"] == "Deployment"
}
CONTAINERS = {each["name"]: each for pod in PODS.values() for each in pod["containers"]}
SECRETS = {"goldseam_webhook_secret": {"web"}, "app_key": {"broker"}, "goldseam_database_url": set(PROCESSES)}
REACH_OUT = {"analyze", "publish", "broker"}


def test_compose_is_valid():
    """By the official schema; by Docker itself where its compose command is installed."""
    check = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        DOCKER / "compose.yml",
    ]
    found = subprocess.run(check, check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout
    if _has_compose():
        words = {"GOLDSEAM_APP_ID": "1", "GOLDSEAM_PUBLIC_URL": "https://g.example", "PATH": "/usr/bin:/usr/local/bin"}
        docker = ["docker", "compose", "-f", DOCKER / "compose.yml", "config", "--quiet"]
        found = subprocess.run(docker, check=False, capture_output=True, text=True, env=words)
        assert found.returncode == 0, found.stderr


def _has_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "compose", "version"], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("name", [*PROCESSES, "redis", "database"])
def test_a_service_can_do_little(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")
    assert int(service["user"].partition(":")[0]) > 0
    assert service["healthcheck"]["test"]
    assert "docker.sock" not in str(service)
    assert service["mem_limit"]


def test_every_process_is_another_user_and_its_image_agrees():
    dockerfile = (DOCKER / "Dockerfile").read_text()
    users = {name: COMPOSE["services"][name]["user"] for name in PROCESSES}
    assert len(set(users.values())) == len(PROCESSES)
    stages = dict(re.findall(r"^FROM base AS (\w+)\n(?:.*\n)*?USER (\S+)$", dockerfile, re.MULTILINE))
    assert stages == users
    assert {
        each["name"]: f"{each['securityContext']['runAsUser']}:{each['securityContext']['runAsGroup']}"
        for each in CONTAINERS.values()
    } == users
    broker = COMPOSE["services"]["broker"]["environment"]
    assert broker["GOLDSEAM_ANALYZE_USER"] == users["analyze"].partition(":")[0]
    assert broker["GOLDSEAM_PUBLISH_USER"] == users["publish"].partition(":")[0]


def test_each_process_gets_its_own_secrets_and_no_other():
    for secret, holders in SECRETS.items():
        assert {name for name, each in COMPOSE["services"].items() if secret in each.get("secrets", ())} == holders


def test_only_the_broker_and_the_workers_reach_out():
    networks = COMPOSE["networks"]
    assert networks["inside"]["internal"] is True
    assert {name for name, each in COMPOSE["services"].items() if "outside" in each["networks"]} == REACH_OUT
    entrance = {name for name, each in COMPOSE["services"].items() if "entrance" in each["networks"]}
    assert entrance == {"web"}
    assert networks["entrance"]["driver_opts"]["com.docker.network.bridge.enable_ip_masquerade"] == "false"


def test_settings_that_the_files_name_exist():
    known = {f"GOLDSEAM_{name.upper()}" for name in Settings.model_fields}
    for path in (DOCKER / "compose.yml", DOCKER / "kubernetes" / "goldseam.yaml", DOCKER / "Dockerfile"):
        named = set(re.findall(r"GOLDSEAM_[A-Z_]+", path.read_text()))
        assert named
        assert named <= known
    files = {name for name in COMPOSE["secrets"] if name.startswith("goldseam_")}
    assert {name.upper() for name in files} <= known


def test_the_images_install_what_is_locked_and_name_no_host():
    dockerfile = (DOCKER / "Dockerfile").read_text()
    assert "--require-hashes -r /src/requirements/run.txt" in dockerfile
    assert not re.search(r"https?://|index-url|\.(io|com|org)/", dockerfile)
    assert "USER root" not in dockerfile


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_of_a_pod_can_do_little(name):
    container = CONTAINERS[name]
    security = container["securityContext"]
    assert security["readOnlyRootFilesystem"] is True
    assert security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert not security.get("privileged")
    assert container["livenessProbe"]
    assert container["resources"]["limits"]["memory"]
    assert "@sha256:" in container["image"]


def test_pods_have_no_token_of_the_cluster_and_the_manifests_name_every_process():
    assert set(CONTAINERS) == set(PROCESSES)
    for pod in PODS.values():
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
        assert not [each for each in pod["volumes"] if "hostPath" in each]
    selected = {
        label
        for each in MANIFESTS
        if each["kind"] == "NetworkPolicy"
        for label in each["spec"]["podSelector"]["matchLabels"]
    }
    assert "part" in selected
