package dev.parley.msgpack;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.parley.ApiRules;

/** The arrows out of this module, as ARCHITECTURE.md draws them. */
@AnalyzeClasses(packages = "dev.parley.msgpack", importOptions = ImportOption.DoNotIncludeTests.class)
class MsgpackArchitectureTest {

    @ArchTest
    static final ArchRule the_codec_knows_only_protocol_and_its_library = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..", "org.jspecify..", "org.msgpack..", "dev.parley.msgpack..", "dev.parley.protocol..");

    @ArchTest
    static final ArchRule signatures_show_no_type_of_the_library =
            classes().that(ApiRules.areReachable()).should(ApiRules.exposeNoTypeOf("org.msgpack.."));

    @ArchTest
    static final ArchRule signatures_show_no_hidden_type = ApiRules.NO_HIDDEN_TYPE_IN_SIGNATURES;
}
