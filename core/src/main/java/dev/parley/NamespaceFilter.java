package dev.parley;

import java.util.concurrent.CompletionStage;

/**
 * Decides which namespaces clients may bring into being: see {@link SocketIoServer#of(NamespaceFilter)}. Once a
 * namespace exists, nobody is asked again: who may join it is for a {@link Middleware} to decide, about each client.
 */
@FunctionalInterface
public interface NamespaceFilter {

    /**
     * Looks at a client that asks for a namespace which does not exist. Runs on the server's executor, and may complete
     * later, on any thread. The client is refused if all filters together take longer than
     * {@link SocketIoOptions#middlewareTimeout()}.
     *
     * @param name the namespace's name, with the slash in front: chosen by the client, so it may be anything
     * @param handshake how the client presents itself to the namespace
     * @return whether the namespace is to be created for it; false, null and failing leave it to the next filter
     * @throws Exception to leave it to the next filter, and to have it logged
     */
    CompletionStage<Boolean> accepts(String name, Handshake handshake) throws Exception;
}
