package dev.parley.mapping;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.parley.protocol.RawJson;
import dev.parley.protocol.Utf8;
import java.io.IOException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Maps with jackson-databind 2. */
final class Jackson2Mapping implements ObjectMapping {

    private final ObjectMapper mapper;

    private Jackson2Mapping(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** Called by name. */
    static Jackson2Mapping create(@Nullable Object mapper) {
        return new Jackson2Mapping(mapper == null ? strict() : (ObjectMapper) mapper);
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
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT, DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
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
        } catch (IllegalArgumentException e) {
            throw failure(tree, type, e.getCause() instanceof JacksonException cause ? cause : e);
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
        } catch (IOException e) {
            throw failure(json, type, e);
        }
    }

    private static MappingException failure(@Nullable Object value, Type type, Exception e) {
        String path = e instanceof JsonMappingException mapping ? mapping.getPathReference() : "";
        return Found.mismatch(value, type, path, e);
    }

    @Override
    public @Nullable Object toTree(Object value) {
        try {
            return mapper.convertValue(value, Object.class);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(value.getClass().getName() + " cannot be mapped", e);
        }
    }
}
