package dev.parley.netty;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;

/** Tells from what is written to a connection where each response ends. Interim ones are a part of what follows. */
final class ResponseWatch {

    /** What a message means for the request that is being answered. */
    enum Written {
        /** More is to come. */
        PART,
        /** It has been answered. */
        END,
        /** The connection speaks another protocol from here on. */
        SWITCH
    }

    private boolean interim;

    Written written(Object message) {
        if (message instanceof HttpResponse response) {
            if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
                return Written.SWITCH;
            }
            interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        }
        if (!(message instanceof LastHttpContent)) {
            return Written.PART;
        }
        boolean end = !interim;
        interim = false;
        return end ? Written.END : Written.PART;
    }
}
