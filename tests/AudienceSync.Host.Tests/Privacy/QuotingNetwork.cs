using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

namespace AudienceSync.Host.Tests.Privacy;

/// <summary>
/// Platforms quote what they were sent, in gateway pages and in error messages; libraries quote it in their exceptions. This handler quotes
/// everything, address, headers and body, wherever a response has text.
/// </summary>
internal sealed class QuotingNetwork(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly string[] MessageFields = ["message", "error_user_title", "error_user_msg", "error_description", "description"];

    private readonly ConcurrentBag<string> _quotes = [];
    private readonly ConcurrentBag<string> _accessTokens = [];

    /// <summary>All texts that were returned to the Host.</summary>
    public IReadOnlyCollection<string> Quotes => _quotes;

    /// <summary>Access tokens that were issued in the meantime.</summary>
    public IReadOnlyCollection<string> AccessTokens => _accessTokens;

    /// <summary>Changes a body in transit, so that its receiver refuses a row of it.</summary>
    public Func<string, string> Corrupt { get; init; } = static body => body;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        if (Corrupt(body) is var corrupted && corrupted != body)
        {
            request.Content = new StringContent(corrupted, Encoding.UTF8, "application/json");
        }

        var quote = $"{request.RequestUri} {request.Headers} {corrupted}";
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            await QuoteAsync(response, quote, cancellationToken);
            return response;
        }
        catch (Exception broken)
            when (broken is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The in-memory server cancels where a socket would break.
            _quotes.Add(quote);
            throw new HttpRequestException(quote, broken);
        }
    }

    private async Task QuoteAsync(HttpResponseMessage response, string quote, CancellationToken cancellationToken)
    {
        var (text, type) = (await response.Content.ReadAsStringAsync(cancellationToken), response.Content.Headers.ContentType);
        if (text.StartsWith('<'))
        {
            text += quote;
            _quotes.Add(quote);
        }
        else if (text.StartsWith('{') && JsonNode.Parse(text) is JsonObject answer)
        {
            Quote(answer, quote);
            text = answer.ToJsonString();
        }

        response.Content = new StringContent(text, Encoding.UTF8);
        response.Content.Headers.ContentType = type;
    }

    private void Quote(JsonNode? node, string quote)
    {
        switch (node)
        {
            case JsonObject fields:
                if (fields["access_token"] is { } token)
                {
                    _accessTokens.Add(token.GetValue<string>());
                }

                foreach (var word in MessageFields.Where(fields.ContainsKey))
                {
                    fields[word] = quote;
                    _quotes.Add(quote);
                }

                fields.ToList().ForEach(field => Quote(field.Value, quote));
                break;
            case JsonArray items:
                items.ToList().ForEach(item => Quote(item, quote));
                break;
        }
    }
}
