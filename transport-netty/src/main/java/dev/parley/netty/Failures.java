package dev.parley.netty;

import io.netty.handler.codec.DecoderException;
import java.io.IOException;

/** Logs why a connection ends early, as loud as it deserves. */
final class Failures {

    private Failures() {}

    /** What a peer or the network does wrong concerns nobody; all else is a fault of a program. */
    static void log(System.Logger log, String message, Throwable cause) {
        boolean theirs = cause instanceof IOException || cause instanceof DecoderException;
        log.log(theirs ? System.Logger.Level.DEBUG : System.Logger.Level.ERROR, message, cause);
    }
}
