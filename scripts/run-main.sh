# Sourced by scripts that start a program of one of the modules.
#
#   root=...; modules=(core transport-netty conformance)     the last one holds the program
#   run_main CLASS ARGUMENT...
#
# Builds what is missing, then becomes the JVM. PARLEY_JAVA_OPTS holds options for the JVM.

newer() { # file, then what may be newer
    [[ ! -e $1 || -n $(find "${@:2}" -newer "$1" -print -quit) ]]
}

up_to_date() {
    local module newest=$libraries
    for module in "${modules[@]}"; do
        [[ -d $root/$module/target/classes ]] || return 1
    done
    [[ $stamp -nt $libraries ]] && newest=$stamp
    ! newer "$libraries" "${poms[@]}" && ! newer "$newest" "${sources[@]}"
}

build() {
    local mvn=mvn phase=compile
    [[ -x $root/mvnw ]] && mvn=$root/mvnw
    newer "$libraries" "${poms[@]}" && phase=package
    (cd "$root" && "$mvn" -q -B -Dstyle.color=never -pl "$program" -am -DskipTests "$phase") >&2 </dev/null || return
    touch "$stamp"
}

run_main() {
    program=${modules[-1]}
    local target=$root/$program/target module classpath java=${JAVA_HOME:+$JAVA_HOME/bin/}java
    libraries=$target/classpath.txt # written by the build: the jars of others
    stamp=$target/built             # written here: the last build that this script made
    poms=("$root/pom.xml")
    sources=()
    for module in "${modules[@]}"; do
        poms+=("$root/$module/pom.xml")
        sources+=("$root/$module/src/main")
    done

    if ! up_to_date; then
        mkdir -p "$target"
        (
            # Several may be started at once; one of them builds.
            if command -v flock >/dev/null; then flock 9; fi
            up_to_date || build
        ) 9>"$target/build.lock" || exit 2
    fi

    classpath=$(<"$libraries")
    for module in "${modules[@]}"; do
        classpath=$root/$module/target/classes:$classpath
    done
    # shellcheck disable=SC2086
    exec "$java" ${PARLEY_JAVA_OPTS:-} -cp "$classpath" "$@"
}
