namespace AudienceSync.Connectors;

/// <summary>
/// What can be shown of a call later: its last request and the response to it. No identifier, digest, token or query is in it
/// (Http/SentBody.cs, Http/ResponseText.cs), only how many members were sent with which kinds of identifiers, and of the first three
/// digests six hexadecimal digits.
/// </summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, without the query.</param>
/// <param name="Body">The request body as JSON, its members replaced by counts.</param>
public sealed record CallExchange(string Method, string Path, string Body)
{
    /// <summary>The longest <see cref="Response"/>, in bytes of UTF-8.</summary>
    public const int MaxResponseBytes = 4 * 1024;

    /// <summary>Requests that the call took until then, this one included.</summary>
    public int Requests { get; init; } = 1;

    /// <summary>The HTTP status; null when there was no response.</summary>
    public int? Status { get; init; }

    /// <summary>The response as JSON, cleaned and shortened; null when there was none.</summary>
    public string? Response { get; init; }
}
