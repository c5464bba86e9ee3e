package dev.parley.benchmarks.load;

import java.time.Duration;

/**
 * What a server did in a while.
 *
 * @param cpu CPU time of all its threads
 */
record Measurement(long units, Duration time, Duration cpu) {

    Measurement {
        if (units <= 0 || cpu.isZero()) {
            throw new LoadFailure(
                    "%d units in %s took %s of CPU time: too short to measure".formatted(units, time, cpu));
        }
    }

    Measurement plus(Measurement other) {
        return new Measurement(units + other.units, time.plus(other.time), cpu.plus(other.cpu));
    }

    double cpuMicrosPerUnit() {
        return cpu.toNanos() / 1e3 / units;
    }

    double unitsPerSecond() {
        return units * 1e9 / time.toNanos();
    }
}
