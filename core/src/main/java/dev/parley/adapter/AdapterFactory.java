package dev.parley.adapter;

/** Makes the adapter of each namespace. */
@FunctionalInterface
public interface AdapterFactory {

    /**
     * Makes the adapter of a namespace that has just been created.
     *
     * @param node the server as the adapter may use it
     * @return a new adapter
     */
    Adapter create(AdapterNode node);
}
