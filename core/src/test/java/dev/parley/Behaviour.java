package dev.parley;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the rows of the behaviour list that a test, or all tests of a class, prove. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Behaviour {

    /** The ids of the rows, for example {@code SIO-NS-014}; docs/coverage/ids.tsv lists them all. */
    String[] value();
}
