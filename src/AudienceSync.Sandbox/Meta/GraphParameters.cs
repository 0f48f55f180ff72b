using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace AudienceSync.Sandbox.Meta;

/// <summary>
/// The parameters of a Graph call from any location: query string, form fields or members of a JSON body (contract 2).
/// An unreadable body is recorded in <see cref="Error"/> and not thrown, because a bad token is reported first.
/// </summary>
internal sealed class GraphParameters : IDisposable
{
    /// <summary>10,000 rows of 15 digests are 10 MB as JSON and 12 MB as a form.</summary>
    private const int MaxBodyBytes = 32 * 1024 * 1024;

    private const int FirstBufferBytes = 64 * 1024;

    private readonly Dictionary<string, Value> values = new(StringComparer.Ordinal);
    private byte[] buffer = [];

    public GraphError? Error { get; private set; }

    public static async Task<GraphParameters> ReadAsync(HttpRequest request)
    {
        var parameters = new GraphParameters();
        foreach (var (name, value) in request.Query)
        {
            parameters.Add(name, new Value(Encoding.UTF8.GetBytes(value.ToString()), IsJson: false));
        }

        if (request.HasFormContentType)
        {
            await parameters.ReadFormAsync(request);
        }
        else if (request.HasJsonContentType())
        {
            await parameters.ReadJsonAsync(request);
        }
        else if (request.ContentLength > 0 || request.ContentType is not null)
        {
            parameters.Error = GraphError.Invalid("The body must be application/json or a form.");
        }

        return parameters;
    }

    public string? Text(string name) => values.TryGetValue(name, out var value) ? value.AsText() : null;

    /// <summary>The value of an object-valued parameter as JSON text; null when it was not sent.</summary>
    // The cast matters: a bare null becomes an empty memory, which is not the same as not sent.
    public ReadOnlyMemory<byte>? Json(string name) => values.TryGetValue(name, out var value) ? value.Utf8 : (ReadOnlyMemory<byte>?)null;

    public GraphError? Unknown(params ReadOnlySpan<string> known)
    {
        foreach (var name in values.Keys)
        {
            if (name is not ("access_token" or "appsecret_proof" or "appsecret_time") && !known.Contains(name))
            {
                return GraphError.Invalid($"Unexpected parameter '{Shorten(name)}'.");
            }
        }

        return null;
    }

    /// <summary>
    /// Like <see cref="Unknown"/>, for a call that changes data. Meta's official clients repeat the <c>id</c> of the node, the
    /// <c>fields</c> that they would read from it and the values that they have read in every write, which has no effect; an id of another
    /// node is an error.
    /// </summary>
    /// <param name="request">The request whose method applies, unless the account may override it.</param>
    /// <param name="node">The id in the path.</param>
    /// <param name="overrides">Whether the parameter <c>method</c> may differ from the method of the request (contract 2).</param>
    /// <param name="known">Other allowed parameters.</param>
    public GraphError? ValidateWrite(HttpRequest request, string node, bool overrides, params ReadOnlySpan<string> known)
    {
        if (Text("id") is { } id && id != node)
        {
            return GraphError.Invalid("The parameter id is not the object of the path.");
        }

        if (Text("method") is { } method && !overrides && !string.Equals(method, request.Method, StringComparison.OrdinalIgnoreCase))
        {
            return GraphError.Invalid("The parameter method may not override the method of the request.");
        }

        return Unknown([.. known, .. AudienceFields.All, "fields", "method"]);
    }

    /// <summary>A name is caller input: shortened, because it may contain anything.</summary>
    public static string Shorten(string name) => name.Length <= 40 ? name : name[..40];

    /// <summary>The reader throws the second exception type for invalid Unicode: invalid UTF-8 or an unpaired surrogate.</summary>
    public static bool IsBadJson(Exception exception) => exception is JsonException or InvalidOperationException;

    public void Dispose()
    {
        var returned = buffer;
        buffer = [];
        if (returned.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(returned);
        }
    }

    private void Add(string name, Value value)
    {
        if (!values.TryAdd(name, value))
        {
            Error ??= GraphError.Invalid($"Parameter '{Shorten(name)}' was sent twice.");
        }
    }

    private async Task ReadFormAsync(HttpRequest request)
    {
        var limits = new FormOptions { ValueLengthLimit = MaxBodyBytes, MultipartBodyLengthLimit = MaxBodyBytes };
        request.HttpContext.Features.Set<IFormFeature>(new FormFeature(request, limits));
        try
        {
            foreach (var (name, value) in await request.ReadFormAsync(request.HttpContext.RequestAborted))
            {
                Add(name, new Value(Encoding.UTF8.GetBytes(value.ToString()), IsJson: false));
            }
        }
        catch (InvalidDataException)
        {
            Error = GraphError.Invalid("The form cannot be read or is too large.");
        }
    }

    private async Task ReadJsonAsync(HttpRequest request)
    {
        buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(request.ContentLength ?? 0, FirstBufferBytes, MaxBodyBytes));
        var length = 0;
        int read;
        while ((read = await request.Body.ReadAsync(buffer.AsMemory(length), request.HttpContext.RequestAborted)) > 0)
        {
            length += read;
            if (length > MaxBodyBytes)
            {
                Error = GraphError.Invalid("The body is too large.");
                return;
            }

            if (length == buffer.Length)
            {
                Grow(length);
            }
        }

        try
        {
            Split(buffer.AsMemory(0, length));
        }
        catch (Exception exception) when (IsBadJson(exception))
        {
            Error = GraphError.Invalid("The body is not valid JSON.");
        }
    }

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    // Reads the whole body once, so that a syntax error anywhere rejects it before anything is applied.
    private void Split(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            Error = GraphError.Invalid("The body must be a JSON object.");
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            Add(name, new Value(body[start..(int)reader.BytesConsumed], IsJson: true));
        }

        reader.Read();
    }

    private readonly record struct Value(ReadOnlyMemory<byte> Utf8, bool IsJson)
    {
        public string? AsText()
        {
            if (!IsJson)
            {
                return Encoding.UTF8.GetString(Utf8.Span);
            }

            var reader = new Utf8JsonReader(Utf8.Span);
            reader.Read();
            try
            {
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : Encoding.UTF8.GetString(Utf8.Span);
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
    }
}
