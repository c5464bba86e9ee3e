# Sourced by the steps that need Node: installs it where it is missing or too old, and the packages of conformance/js.

node_is_new_enough() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 18 || (major == 18 && minor >= 19) ? 0 : 1)'
}

if ! node_is_new_enough; then
  apt-get update -q
  apt-get install -yq --no-install-recommends nodejs npm
  node_is_new_enough
fi
npm ci --no-audit --no-fund --loglevel=error
