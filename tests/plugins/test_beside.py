"""Files next to a plugin in its folder: the plugin imports them relatively, and nothing else sees them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dateline import Plugins
from dateline.pytest_plugin import Cli, PluginDir

CHECK = """
from {importing} import WORD
from dateline.plugin import Check, hookimpl

@hookimpl
def dateline_checks():
    return [Check("{name}", lambda story: [WORD])]
"""


def word(plugins: Plugins, name: str) -> object:
    [found] = plugins.checks[name].run(None)  # type: ignore[arg-type]
    return found


def test_a_plugin_imports_the_file_next_to_it(plugin_dir: PluginDir) -> None:
    folder = plugin_dir(
        {
            "_helper.py": "from ._words import WORD",
            "_words.py": "WORD = 'helper'",
            "one.py": CHECK.format(importing="._helper", name="one"),
            "a-b.py": CHECK.format(importing="._helper", name="two"),
            "v1.2.py": CHECK.format(importing="._helper", name="three"),
            "pack/__init__.py": CHECK.format(importing=".part", name="four"),
            "pack/part.py": "from .._helper import WORD",
        }
    )
    before = list(sys.path)
    plugins = Plugins.load(folders=[folder])
    assert plugins.failures == []
    assert {word(plugins, name) for name in ("one", "two", "three", "four")} == {"helper"}
    assert sys.path == before
    assert not {"_helper", "_words", "pack"} & sys.modules.keys()


def test_each_folder_has_helpers_of_its_own(plugin_dir: PluginDir) -> None:
    folders = [
        plugin_dir(
            {
                "_helper.py": f"WORD = 'of {name}'",
                f"{name}.py": CHECK.format(importing="._helper", name=name),
            }
        )
        for name in ("left", "right")
    ]
    plugins = Plugins.load(folders=folders)
    assert plugins.failures == []
    assert [word(plugins, name) for name in ("left", "right")] == ["of left", "of right"]


def test_no_file_of_a_folder_hides_a_module_of_python(plugin_dir: PluginDir) -> None:
    folder = plugin_dir(
        {
            "_colorize.py": "raise RuntimeError('imported')",
            "colorsys.py": "WORD = 'mine'",
            "one.py": CHECK.format(importing=".colorsys", name="one") + "import colorsys\n"
            "assert colorsys.rgb_to_hls",
        }
    )
    plugins = Plugins.load(folders=[folder])
    assert [record.name for record in plugins.failures] == []
    assert word(plugins, "one") == "mine"


def test_a_plugin_that_another_one_imports_is_loaded_once(plugin_dir: PluginDir) -> None:
    check = CHECK.partition("\n")[2].partition("\n")[2]
    folder = plugin_dir(
        {
            "a.py": CHECK.format(importing=".b", name="a"),
            "b.py": "WORD = object()\n" + check.format(name="b"),
        }
    )
    plugins = Plugins.load(folders=[folder])
    assert plugins.failures == []
    assert word(plugins, "a") is word(plugins, "b")


def test_a_changed_helper_is_read_again_on_the_next_load(plugin_dir: PluginDir) -> None:
    folder = plugin_dir(
        {"_h.py": "WORD = 'before'", "a.py": CHECK.format(importing="._h", name="a")}
    )
    assert word(Plugins.load(folders=[folder]), "a") == "before"
    (folder / "_h.py").write_text("WORD = 'and after'")
    assert word(Plugins.load(folders=[folder]), "a") == "and after"


@pytest.mark.parametrize(
    ("file", "importing", "statement"),
    [
        ("m.py", "_helper", "from ._helper import"),
        ("m.py", "_folder.part", "from ._folder import"),
        ("pack/__init__.py", "_part", "from ._part import"),
        ("pack/__init__.py", "_helper", "from .._helper import"),
        ("pack/__init__.py", "pack._part", "from .module import"),
    ],
)
def test_a_failed_import_by_name_gets_the_correct_statement(
    dateline_cli: Cli, plugin_dir: PluginDir, file: str, importing: str, statement: str
) -> None:
    folder: Path = plugin_dir(
        {
            "_helper.py": "WORD = 1",
            "_folder/__init__.py": "",
            "pack/_part.py": "WORD = 1",
            file: f"from {importing} import WORD",
        }
    )
    stderr = dateline_cli("--plugins-dir", str(folder), "plugins").err
    assert "is left out: ModuleNotFoundError" in stderr
    assert statement in stderr


def test_a_missing_module_gets_no_suggestion(dateline_cli: Cli, plugin_dir: PluginDir) -> None:
    folder = plugin_dir({"m.py": "import _no_such_helper"})
    stderr = dateline_cli("--plugins-dir", str(folder), "plugins").err
    assert "is left out: ModuleNotFoundError" in stderr
    assert "import ..." not in stderr
