"""The full-screen face.

The environment must not steer it: `TEXTUAL_*` can press keys, load drivers and open debuggers, so those
variables are gone before Textual is imported.
"""

import os

for _name in [name for name in os.environ if name.startswith("TEXTUAL_")]:
    del os.environ[_name]
