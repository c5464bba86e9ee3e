package dev.parley.examples.demo;

import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;

/**
 * Opens WebSockets that answer when the server closes them. The client library leaves that out; it would notice that
 * the server is gone only when the heartbeat is overdue.
 */
final class AnsweringWebSockets implements WebSocket.Factory {

    private static final int NORMAL = 1000;

    private final OkHttpClient http;

    AnsweringWebSockets(OkHttpClient http) {
        this.http = http;
    }

    @Override
    public WebSocket newWebSocket(Request request, WebSocketListener listener) {
        return http.newWebSocket(request, new Answering(listener));
    }

    private static final class Answering extends WebSocketListener {

        private final WebSocketListener listener;

        Answering(WebSocketListener listener) {
            this.listener = listener;
        }

        @Override
        public void onOpen(WebSocket webSocket, Response response) {
            listener.onOpen(webSocket, response);
        }

        @Override
        public void onMessage(WebSocket webSocket, String text) {
            listener.onMessage(webSocket, text);
        }

        @Override
        public void onMessage(WebSocket webSocket, ByteString bytes) {
            listener.onMessage(webSocket, bytes);
        }

        @Override
        public void onClosing(WebSocket webSocket, int code, String reason) {
            webSocket.close(NORMAL, null);
        }

        @Override
        public void onClosed(WebSocket webSocket, int code, String reason) {
            listener.onClosed(webSocket, code, reason);
        }

        @Override
        public void onFailure(WebSocket webSocket, Throwable failure, Response response) {
            listener.onFailure(webSocket, failure, response);
        }
    }
}
