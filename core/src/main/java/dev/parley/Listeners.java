package dev.parley;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Handlers in the order of their registration. Few are registered and they are called often, so they stand in an array
 * that is replaced at each change: calling needs no lock, and whoever is being called sees the handlers of the moment
 * before.
 *
 * @param <H> type of the handlers as they are called
 */
final class Listeners<H> {

    /** A registered handler. No two are equal, even if the same handler was registered twice. */
    static class Listener<H> {

        private final String name;
        private final Object given;
        private final H handler;

        /**
         * @param name the event's name; empty where all handlers are for the same
         * @param given what the application passed, by which it may be taken away
         * @param handler what to call
         */
        Listener(String name, Object given, H handler) {
            this.name = name;
            this.given = given;
            this.handler = handler;
        }

        final String name() {
            return name;
        }

        final H handler() {
            return handler;
        }

        /** Whether it is to be removed before it is called. */
        boolean once() {
            return false;
        }
    }

    /** A handler that is called once. Not a field, as sockets without number hold the same few handlers each. */
    static final class OneTime<H> extends Listener<H> {

        OneTime(String name, Object given, H handler) {
            super(name, given, handler);
        }

        @Override
        boolean once() {
            return true;
        }
    }

    private static final Listener<?>[] NONE = {};

    @SuppressWarnings("unchecked") // an array that is never written to
    private volatile Listener<H>[] all = (Listener<H>[]) NONE;

    /** Holds no handlers. */
    Listeners() {}

    /** Holds the handlers that others hold at this moment. */
    Listeners(Listeners<H> others) {
        this.all = others.all;
    }

    /** Returns the handlers of this moment, in an array that is never written to. */
    Listener<H>[] all() {
        return all;
    }

    /** Returns what the application passed for a name. */
    List<Object> given(String name) {
        List<Object> found = new ArrayList<>();
        for (Listener<H> listener : all) {
            if (listener.name.equals(name)) {
                found.add(listener.given);
            }
        }
        return List.copyOf(found);
    }

    /** Returns all handlers. */
    List<H> handlers() {
        List<H> found = new ArrayList<>();
        for (Listener<H> listener : all) {
            found.add(listener.handler);
        }
        return List.copyOf(found);
    }

    Subscription add(Listener<H> listener, boolean inFront) {
        synchronized (this) {
            Listener<H>[] old = all;
            Listener<H>[] grown = Arrays.copyOf(old, old.length + 1);
            if (inFront) {
                System.arraycopy(old, 0, grown, 1, old.length);
            }
            grown[inFront ? 0 : old.length] = listener;
            all = grown;
        }
        return () -> remove(listener);
    }

    /** Removes this very registration; false if it had been removed before. */
    synchronized boolean remove(Listener<H> listener) {
        Listener<H>[] old = all;
        for (int i = 0; i < old.length; i++) {
            if (old[i] == listener) {
                Listener<H>[] rest = Arrays.copyOf(old, old.length - 1);
                System.arraycopy(old, i + 1, rest, i, rest.length - i);
                all = rest;
                return true;
            }
        }
        return false;
    }

    /** Removes the first registration of a handler. */
    synchronized void removeGiven(String name, Object given) {
        for (Listener<H> listener : all) {
            if (listener.given == given && listener.name.equals(name)) {
                remove(listener);
                return;
            }
        }
    }

    /** Removes all handlers of a name, or of all names. */
    synchronized void removeAll(@Nullable String name) {
        for (Listener<H> listener : all) {
            if (name == null || listener.name.equals(name)) {
                remove(listener);
            }
        }
    }
}
