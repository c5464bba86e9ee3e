package dev.parley;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Rules about what a published module shows to its users; every published module checks them. */
public final class ApiRules {

    /** Whoever can call a method can also name its types. */
    public static final ArchRule NO_HIDDEN_TYPE_IN_SIGNATURES = classes()
            .that(areReachable())
            .should(exposeNo("type that users cannot name", type -> isOurs(type) && !isReachable(type)))
            .allowEmptyShould(true);

    private ApiRules() {}

    /** Types of the given packages appear in no signature, super type or field that users can see. */
    public static ArchCondition<JavaClass> exposeNoTypeOf(String... packages) {
        DescribedPredicate<JavaClass> inPackages = JavaClass.Predicates.resideInAnyPackage(packages);
        return exposeNo("type of " + String.join(", ", packages), inPackages);
    }

    /** Classes that code outside their package can name. */
    public static DescribedPredicate<JavaClass> areReachable() {
        return DescribedPredicate.describe("can be named by users", ApiRules::isReachable);
    }

    private static ArchCondition<JavaClass> exposeNo(String what, Predicate<JavaClass> forbidden) {
        return new ArchCondition<>("expose no " + what) {
            @Override
            public void check(JavaClass owner, ConditionEvents events) {
                superTypes(owner).forEach(type -> report(owner.getFullName(), type, events));
                owner.getMembers().stream()
                        .filter(member -> isVisible(owner, member))
                        .forEach(member -> typesOf(member).forEach(type -> report(member.getFullName(), type, events)));
            }

            private void report(String where, JavaType type, ConditionEvents events) {
                for (JavaClass raw : type.getAllInvolvedRawTypes()) {
                    if (forbidden.test(raw)) {
                        events.add(SimpleConditionEvent.violated(raw, where + " exposes " + raw.getFullName()));
                    }
                }
            }

            // A hidden base class is fine, since its members are checked where users see them;
            // its type arguments, and the super types of other libraries, are not.
            private Set<JavaType> superTypes(JavaClass owner) {
                Set<JavaType> types = new HashSet<>(owner.getInterfaces());
                Optional<JavaType> superclass = owner.getSuperclass();
                superclass.ifPresent(types::add);
                types.removeIf(type -> isOurs(type.toErasure()));
                return types;
            }
        };
    }

    private static List<JavaType> typesOf(JavaMember member) {
        List<JavaType> types = new ArrayList<>();
        if (member instanceof JavaField field) {
            types.add(field.getType());
        } else if (member instanceof JavaCodeUnit unit) {
            types.add(unit.getReturnType());
            types.addAll(unit.getParameterTypes());
            types.addAll(unit.getExceptionTypes());
        }
        return types;
    }

    private static boolean isVisible(JavaClass owner, JavaMember member) {
        Set<JavaModifier> modifiers = member.getModifiers();
        if (modifiers.contains(JavaModifier.SYNTHETIC) || modifiers.contains(JavaModifier.BRIDGE)) {
            return false;
        }
        boolean inheritable = !owner.getModifiers().contains(JavaModifier.FINAL);
        return modifiers.contains(JavaModifier.PUBLIC) || (inheritable && modifiers.contains(JavaModifier.PROTECTED));
    }

    private static boolean isReachable(JavaClass type) {
        JavaClass element = type.isArray() ? type.getBaseComponentType() : type;
        Set<JavaModifier> modifiers = element.getModifiers();
        return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
                && element.getEnclosingClass().map(ApiRules::isReachable).orElse(true);
    }

    private static boolean isOurs(JavaClass type) {
        return type.getBaseComponentType().getPackageName().startsWith("dev.parley");
    }
}
