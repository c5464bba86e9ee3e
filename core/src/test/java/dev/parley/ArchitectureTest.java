package dev.parley;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.TreeSet;

/** The arrows between the packages of core, as ARCHITECTURE.md draws them. */
@AnalyzeClasses(packages = "dev.parley", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String OURS = "dev.parley..";
    private static final String PROTOCOL = "dev.parley.protocol..";
    private static final String ENGINE = "dev.parley.engine..";
    private static final String ADAPTER = "dev.parley.adapter..";
    private static final String MAPPING = "dev.parley.mapping..";
    private static final String TESTING = "dev.parley.testing..";
    private static final String JSON_CODEC = "tools.jackson.core..";
    private static final String[] DATABIND = {"tools.jackson.databind..", "com.fasterxml.jackson.."};

    @ArchTest
    static final ArchRule packages_form_no_cycle =
            slices().matching("dev.(**)").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule protocol_knows_none_of_our_packages = uses(PROTOCOL, PROTOCOL);

    @ArchTest
    static final ArchRule engine_knows_only_protocol = uses(ENGINE, ENGINE, PROTOCOL);

    @ArchTest
    static final ArchRule adapter_knows_only_protocol = uses(ADAPTER, ADAPTER, PROTOCOL);

    @ArchTest
    static final ArchRule mapping_knows_only_protocol = uses(MAPPING, MAPPING, PROTOCOL);

    @ArchTest
    static final ArchRule nobody_knows_testing = noClasses()
            .that(resideOutsideOfPackage(TESTING))
            .should()
            .dependOnClassesThat(resideInAPackage(TESTING))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule only_mapping_knows_databind = noClasses()
            .that(resideOutsideOfPackage(MAPPING))
            .should()
            .dependOnClassesThat(resideInAnyPackage(DATABIND))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule core_needs_nothing_but_its_declared_dependencies = classes()
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage("java..", "javax.net.ssl..", "org.jspecify..", "tools.jackson..", OURS)
                            .or(resideInAPackage("com.fasterxml.jackson..")))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule signatures_show_no_type_of_another_library = classes()
            .that(ApiRules.areReachable().and(resideOutsideOfPackage(MAPPING)))
            .should(ApiRules.exposeNoTypeOf("io.netty..", "tools.jackson..", "com.fasterxml.."))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule signatures_show_no_hidden_type = ApiRules.NO_HIDDEN_TYPE_IN_SIGNATURES;

    @ArchTest
    static void one_class_of_protocol_alone_sees_the_json_library(JavaClasses classes) {
        Set<String> users = classes.stream()
                .filter(resideOutsideOfPackage(MAPPING))
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency -> resideInAPackage(JSON_CODEC).test(dependency.getTargetClass())))
                .map(type -> topLevel(type).getFullName())
                .collect(toCollection(TreeSet::new));

        assertThat(users).hasSizeLessThanOrEqualTo(1);
        assertThat(users).allMatch(name -> name.startsWith("dev.parley.protocol."));
    }

    private static ArchRule uses(String from, String... allowed) {
        return noClasses()
                .that(resideInAPackage(from))
                .should()
                .dependOnClassesThat(resideInAPackage(OURS).and(resideOutsideOfPackages(allowed)))
                .allowEmptyShould(true);
    }

    private static JavaClass topLevel(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::topLevel).orElse(type);
    }
}
