package dev.parley.netty;

import dev.parley.contract.TransportContract;
import dev.parley.contract.WireClient;
import dev.parley.engine.EngineServer;
import org.junit.jupiter.api.Nested;

/** The Netty transport fulfils the contract, as WebSocket, by polling and upgraded. */
class NettyTransportContractTest {

    private abstract static class NettyContract extends TransportContract {

        abstract WireClient connect(int port);

        @Override
        protected Harness serve(EngineServer engine) {
            NettyServer server = NettyServer.bind(engine, 0);
            return new Harness() {
                @Override
                public WireClient connect() {
                    return NettyContract.this.connect(server.port());
                }

                @Override
                public void close() {
                    server.close();
                }
            };
        }
    }

    @Nested
    class OverWebSocket extends NettyContract {
        @Override
        WireClient connect(int port) {
            return HttpWireClient.overWebSocket(port);
        }
    }

    @Nested
    class ByPolling extends NettyContract {
        @Override
        WireClient connect(int port) {
            return HttpWireClient.byPolling(port);
        }
    }

    @Nested
    class Upgraded extends NettyContract {
        @Override
        WireClient connect(int port) {
            return HttpWireClient.upgraded(port);
        }
    }
}
