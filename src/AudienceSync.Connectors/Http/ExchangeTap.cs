namespace AudienceSync.Connectors.Http;

/// <summary>Passes every request of a connector's client, for the recorder that is current.</summary>
internal sealed class ExchangeTap(HttpMessageHandler network) : DelegatingHandler(network)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (ExchangeRecorder.Current is not { } recorder || !ExchangeRecorder.Records(request))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        await recorder.RequestAsync(request, cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        recorder.Await(response);
        return response;
    }
}
