using System.Text.Json;

namespace AudienceSync.Sandbox.Meta;

/// <summary>
/// Reads <c>payload</c> and <c>session</c> of the users edge, contract 6.1, directly from the UTF-8 bytes: no string is allocated
/// for a cell. Anything not in the contract is refused.
/// </summary>
internal static class UsersPayload
{
    public static GraphError? Read(GraphParameters parameters, UsersUpload upload)
    {
        if (parameters.Json("payload") is not { } payload)
        {
            return GraphError.Invalid("The parameter payload is required.");
        }

        try
        {
            return ReadSession(parameters.Json("session"), upload) ?? ReadPayload(payload.Span, upload);
        }
        catch (Exception exception) when (GraphParameters.IsBadJson(exception))
        {
            return GraphError.Invalid("payload is not valid JSON.");
        }
    }

    private static GraphError? ReadSession(ReadOnlyMemory<byte>? json, UsersUpload upload)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            upload.Session = JsonSerializer.Deserialize<UploadSession>(json.Value.Span, SandboxJson.Options);
        }
        catch (JsonException)
        {
            return GraphError.Invalid("session needs session_id, batch_seq and last_batch_flag, and knows estimated_num_total.");
        }

        return upload.Session is { SessionId: > 0, BatchSeq: > 0, EstimatedNumTotal: null or >= 0 }
            ? null
            : GraphError.Invalid("session_id must be positive and batch_seq starts at 1.");
    }

    private static GraphError? ReadPayload(ReadOnlySpan<byte> json, UsersUpload upload)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return GraphError.Invalid("payload must be an object.");
        }

        Utf8JsonReader dataAt = default;
        SchemaKey[]? schema = null;
        var (sawData, readData) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            GraphError? error;
            if (schema is null && reader.ValueTextEquals("schema"u8))
            {
                error = ReadSchema(ref reader, upload, out schema);
            }
            else if (!sawData && reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                dataAt = reader;
                (sawData, readData) = (true, schema is not null);
                error = schema is null ? Skip(ref reader) : UsersRows.Read(ref reader, schema, upload);
            }
            else
            {
                error = ReadOptional(ref reader);
            }

            if (error is not null)
            {
                return error;
            }
        }

        reader.Read();
        return (schema, sawData) switch
        {
            (null, _) => GraphError.Invalid("payload.schema is required."),
            (_, false) => GraphError.Invalid("payload.data is required."),
            _ => readData ? null : UsersRows.Read(ref dataAt, schema, upload),
        };
    }

    private static GraphError? Skip(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return null;
    }

    private static GraphError? ReadOptional(ref Utf8JsonReader reader)
    {
        var name = reader.GetString()!;
        reader.Read();
        var fits = name switch
        {
            "is_raw" => reader.TokenType is JsonTokenType.True or JsonTokenType.False,
            "app_ids" or "page_ids" or "ig_account_ids" => reader.TokenType == JsonTokenType.StartArray,
            "data_source" => reader.TokenType == JsonTokenType.StartObject,
            _ => false,
        };
        reader.Skip();
        return fits ? null : GraphError.Invalid($"payload.{GraphParameters.Shorten(name)} is unknown, given twice or of a wrong type.");
    }

    private static GraphError? ReadSchema(ref Utf8JsonReader reader, UsersUpload upload, out SchemaKey[] schema)
    {
        reader.Read();
        schema = [];
        var keys = new List<SchemaKey?>();
        if (reader.TokenType == JsonTokenType.String)
        {
            upload.Form = SchemaForm.Single;
            keys.Add(SchemaKey.AsString(reader.GetString()!));
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            upload.Form = SchemaForm.Multi;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                keys.Add(reader.TokenType == JsonTokenType.String ? SchemaKey.InArray(reader.GetString()!) : null);
                reader.Skip();
            }
        }

        if (keys.Count == 0 || keys.Contains(null) || keys.Distinct().Count() != keys.Count)
        {
            return GraphError.Invalid("payload.schema must be a key, or an array of different keys, that the users edge knows.");
        }

        schema = [.. keys.OfType<SchemaKey>()];
        upload.Rows.Columns = [.. schema.Select(key => key.Name)];
        return null;
    }
}
