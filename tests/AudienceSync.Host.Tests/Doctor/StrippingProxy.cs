namespace AudienceSync.Host.Tests.Doctor;

/// <summary>A proxy that removes the bodies of DELETE requests to one remote audience.</summary>
internal sealed class StrippingProxy(HttpMessageHandler inner, string remote) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Delete && request.RequestUri!.AbsolutePath.Contains(remote, StringComparison.Ordinal))
        {
            request.Content = null;
        }

        return base.SendAsync(request, cancellationToken);
    }
}
