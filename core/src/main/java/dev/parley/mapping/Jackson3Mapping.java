package dev.parley.mapping;

import dev.parley.protocol.RawJson;
import dev.parley.protocol.Utf8;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Maps with jackson-databind 3. */
final class Jackson3Mapping implements ObjectMapping {

    private final ObjectMapper mapper;

    private Jackson3Mapping(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** Called by name. */
    static Jackson3Mapping create(@Nullable Object mapper) {
        return new Jackson3Mapping(mapper == null ? strict() : (ObjectMapper) mapper);
    }

    /** Gives exactly the type asked for, but is patient with properties that a newer client may send. */
    private static ObjectMapper strict() {
        StreamReadConstraints limits = StreamReadConstraints.builder()
                .maxNameLength(MappingDetection.LONGEST_NAME)
                .build();
        return JsonMapper.builder(
                        JsonFactory.builder().streamReadConstraints(limits).build())
                .findAndAddModules()
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .build();
    }

    @Override
    public @Nullable Object fromTree(@Nullable Object tree, Type type) {
        try {
            return mapper.convertValue(tree, mapper.constructType(type));
        } catch (JacksonException e) {
            throw failure(tree, type, e);
        }
    }

    @Override
    public @Nullable Object fromJson(RawJson json, Type type) {
        if (json.hasAttachments()) {
            return fromTree(json.toTree(), type);
        }
        Utf8 text = json.json();
        try {
            return mapper.readValue(text.array(), text.offset(), text.length(), mapper.constructType(type));
        } catch (JacksonException e) {
            throw failure(json, type, e);
        }
    }

    private static MappingException failure(@Nullable Object value, Type type, JacksonException e) {
        String path = e instanceof DatabindException databind ? databind.getPathReference() : "";
        return Found.mismatch(value, type, path, e);
    }

    @Override
    public @Nullable Object toTree(Object value) {
        try {
            return mapper.convertValue(value, Object.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(value.getClass().getName() + " cannot be mapped", e);
        }
    }
}
