package dev.parley.netty;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails the test class that lost a buffer. JUnit finds it by itself, so no test can forget it. */
public final class LeakCheck implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        List<String> leaks = leaksSoFar();
        if (!leaks.isEmpty()) {
            throw new AssertionError("Buffers were not released: " + String.join("\n", leaks));
        }
    }

    /** A leak is seen when the lost object was collected and the next one is allocated. */
    static List<String> leaksSoFar() throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        WeakReference<Object> sentinel = new WeakReference<>(new Object(), collected);
        System.gc();
        collected.remove(1_000);
        assert sentinel.get() == null;
        UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
        return RecordingLeakDetector.drain();
    }
}
