package dev.parley.netty;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.parley.ApiRules;

/** The arrows out of this module, as ARCHITECTURE.md draws them. */
@AnalyzeClasses(packages = "dev.parley.netty", importOptions = ImportOption.DoNotIncludeTests.class)
class NettyArchitectureTest {

    /** An Engine.IO server without Socket.IO has to run, hence no arrow to {@code dev.parley}. */
    @ArchTest
    static final ArchRule the_transport_knows_only_engine_protocol_and_netty = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "javax.net.ssl..",
                    "org.jspecify..",
                    "io.netty..",
                    "dev.parley.netty..",
                    "dev.parley.engine..",
                    "dev.parley.protocol..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule packages_form_no_cycle =
            slices().matching("dev.(**)").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule signatures_show_no_hidden_type = ApiRules.NO_HIDDEN_TYPE_IN_SIGNATURES;
}
