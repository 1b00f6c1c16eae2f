"""`irtui completion`: the script that a shell sources."""

import click

from irtui.cli import options
from irtui.cli.output import Result


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@options.output
@click.pass_context
def completion(ctx: click.Context, shell: str) -> Result:
    """Print the completion script of a shell.

    As in: eval "$(irtui completion bash)".
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    root = ctx.find_root()
    script = kind(root.command, {}, "irtui", "_IRTUI_COMPLETE").source_template % {
        "complete_func": "_irtui_completion",
        "complete_var": "_IRTUI_COMPLETE",
        "prog_name": "irtui",
    }
    return Result({"shell": shell, "script": script}, script.strip())
