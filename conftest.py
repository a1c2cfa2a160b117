"""Makes pytest's own plugin tester available to the suite."""

pytest_plugins = ["pytester"]
