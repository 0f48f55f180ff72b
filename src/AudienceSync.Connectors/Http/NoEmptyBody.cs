namespace AudienceSync.Connectors.Http;

/// <summary>
/// Removes an empty body. Refit gives every DELETE a body to carry the headers of one; on the wire it would be a body of no bytes, which a
/// platform may refuse on a request that has none.
/// </summary>
internal sealed class NoEmptyBody(HttpMessageHandler network) : DelegatingHandler(network)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { Headers.ContentLength: 0 } empty)
        {
            request.Content = null;
            empty.Dispose();
        }

        return base.SendAsync(request, cancellationToken);
    }
}
