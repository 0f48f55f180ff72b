namespace AudienceSync.Connectors.Http;

/// <summary>
/// Records the last request with a JSON body that a connector sends while it is current, and the response to it. Ambient, as a span is: a
/// connector neither knows of it nor can forget it, because every client that <see cref="PlatformHttp.CreateClient"/> makes passes here.
/// <para>
/// <b>Requests for a token</b> are forms, so neither they nor their responses are recorded.
/// </para>
/// </summary>
public sealed class ExchangeRecorder : IDisposable
{
    private static readonly AsyncLocal<ExchangeRecorder?> Ambient = new();

    private HttpResponseMessage? _awaited;
    private SentBody? _sent;
    private HashSet<string> _secrets = [];

    private ExchangeRecorder() { }

    internal static ExchangeRecorder? Current => Ambient.Value;

    /// <summary>Null when nothing was sent.</summary>
    public CallExchange? Last { get; private set; }

    /// <summary>Records what is sent from here on, within this asynchronous flow, until it is disposed.</summary>
    public static ExchangeRecorder Start()
    {
        var recorder = new ExchangeRecorder();
        Ambient.Value = recorder;
        return recorder;
    }

    public void Dispose() => Ambient.Value = null;

    internal static bool Records(HttpRequestMessage request) => request.Content?.Headers.ContentType?.MediaType == "application/json";

    internal async Task RequestAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var content = request.Content!;
        _awaited = null;
        _sent = content is RentedBody.Content members
            ? SentBody.Read(members.Written, members.Layout)
            : SentBody.Read(await content.ReadAsByteArrayAsync(cancellationToken), layout: null);
        _secrets = Secrets(request);
        Last = new CallExchange(request.Method.Method, ResponseText.CleanPath(request.RequestUri!.AbsolutePath), _sent.Json)
        {
            Requests = (Last?.Requests ?? 0) + 1,
        };
    }

    internal void Await(HttpResponseMessage response) => _awaited = response;

    internal void Answered(HttpResponseMessage response, ReadOnlySpan<byte> body, bool tooLarge)
    {
        if (ReferenceEquals(_awaited, response) && Last is { } last && _sent is { } sent)
        {
            var cleaner = new ResponseText([.. sent.PlainValues, .. _secrets], last.Path);
            Last = last with { Status = (int)response.StatusCode, Response = tooLarge ? ResponseText.TooLarge : cleaner.Clean(body) };
        }
    }

    // A platform may quote a token or a signature that it did not accept.
    private static HashSet<string> Secrets(HttpRequestMessage request)
    {
        const int shortest = 6;
        var values = request
            .Headers.Where(header => !IsPublic(header.Key))
            .SelectMany(header => header.Value)
            .Concat(
                request.RequestUri!.Query.TrimStart('?').Split('&').Select(pair => Uri.UnescapeDataString(pair[(pair.IndexOf('=') + 1)..]))
            );
        return [.. values.SelectMany(value => value.Split(' ', '=')).Where(value => value.Length >= shortest)];
    }

    private static bool IsPublic(string header) => header is "Host" or "Accept" or "User-Agent" or "traceparent";
}
