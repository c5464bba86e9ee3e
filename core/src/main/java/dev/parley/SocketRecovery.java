package dev.parley;

import dev.parley.adapter.ClaimedSession;
import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.RecoverableSession;
import dev.parley.adapter.SessionRecovery;
import dev.parley.engine.Scheduler;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A socket's part in connection state recovery: the session that it goes on with, if there is one, and the session that
 * it leaves behind. Safe for use by any thread.
 */
final class SocketRecovery {

    private static final System.Logger LOG = System.getLogger(SocketIoServer.class.getName());

    private final Socket socket;
    private final LocalRecipient recipient;
    private final SessionRecovery sessions;
    private final CompletableFuture<RecoverableSession> legacy = new CompletableFuture<>();
    private String privateId = SocketIds.next();

    /** Whether what is sent to the socket is for nobody any more. */
    private volatile boolean over;

    // Guarded by this object.
    private @Nullable ClaimedSession claimed;
    private boolean abandoned;

    SocketRecovery(Socket socket, LocalRecipient recipient, SessionRecovery sessions) {
        this.socket = socket;
        this.recipient = recipient;
        this.sessions = sessions;
    }

    /** Looks for the session that the client asks for, then goes on with it, or without. */
    void claim(Runnable then) {
        Map<String, @Nullable Object> auth = socket.handshake().auth();
        if (!(auth.get("pid") instanceof String pid) || !(auth.get("offset") instanceof String offset)) {
            then.run();
            return;
        }
        ServerContext context = socket.namespace().context();
        CompletableFuture<@Nullable ClaimedSession> decision = new CompletableFuture<>();
        Scheduler.Timeout limit =
                context.deadlines().schedule(context.options().middlewareTimeout(), () -> decision.complete(null));
        search(pid, offset).whenComplete((session, failure) -> {
            if (failure != null) {
                failed(failure);
            }
            if (!decision.complete(session) && session != null) {
                session.release();
            }
        });
        decision.whenComplete((session, failure) -> {
            limit.cancel();
            if (session != null) {
                inherit(session);
            }
            then.run();
        });
    }

    private CompletionStage<@Nullable ClaimedSession> search(String pid, String offset) {
        try {
            return sessions.claim(pid, offset);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void failed(Throwable failure) {
        System.Logger.Level level =
                socket.namespace().context().mayWarn() ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG;
        LOG.log(level, "sessions cannot be restored; clients start anew", failure);
    }

    private void inherit(ClaimedSession session) {
        synchronized (this) {
            if (!abandoned) {
                claimed = session;
            }
        }
        if (!recovered()) {
            session.release();
            return;
        }
        RecoverableSession kept = session.session();
        privateId = kept.privateId();
        socket.inherit(kept.id(), kept.data());
        session.passTo(socket.membership());
    }

    /** Whether the socket goes on with a session. */
    synchronized boolean recovered() {
        return claimed != null;
    }

    String privateId() {
        return privateId;
    }

    /** The client does not get in; it may try again. */
    void abandon() {
        over = true;
        ClaimedSession session;
        synchronized (this) {
            abandoned = true;
            session = claimed;
            claimed = null;
        }
        if (session != null) {
            session.release();
        }
    }

    /** Activates the socket; returns what its client has missed. */
    List<PacketBundle> activate() {
        ClaimedSession session;
        synchronized (this) {
            session = claimed;
        }
        if (session != null) {
            return session.resume();
        }
        socket.membership().activate();
        return List.of();
    }

    void emit(Packet.Event event, DeliveryFlags flags) {
        if (!over) {
            sessions.emit(recipient, event, flags);
        }
    }

    /** The socket has left. */
    void end(DisconnectReason reason) {
        if (reason.isRecoverable()) {
            sessions.keep(recipient, privateId, legacy);
        } else {
            over = true;
        }
    }

    /** The socket's last handler has run. */
    void save(Set<String> rooms) {
        legacy.complete(new RecoverableSession(
                socket.id(), privateId, rooms, socket.data().asMap()));
    }
}
