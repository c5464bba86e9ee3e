package dev.parley.netty;

import dev.parley.engine.HttpExchange.BodyListener;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Tells in words how the reading of a body ended. */
record BodyProbe(Consumer<String> told) implements BodyListener {

    @Override
    public void complete(byte[] body) {
        told.accept("complete " + new String(body, StandardCharsets.UTF_8));
    }

    @Override
    public void tooLarge() {
        told.accept("too large");
    }

    @Override
    public void aborted() {
        told.accept("aborted");
    }
}
