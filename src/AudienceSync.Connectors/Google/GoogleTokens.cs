using System.Text.Json;
using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Google;

/// <summary>An access token, or the reason why there is none.</summary>
internal readonly record struct TokenOrOutcome(string? Token, Outcome Outcome);

/// <summary>
/// Caches one access token for a destination. The first caller that needs a new one fetches it and the others wait for it, so a busy
/// account makes one request per hour and not one per call (contracts/google.md 2.1).
/// </summary>
internal sealed class GoogleTokens(IGoogleGrant grant, IGoogleTokenApi api, CallPipeline pipeline, TimeProvider clock)
{
    private readonly SemaphoreSlim _fetching = new(1);
    private volatile Held? _held;

    /// <param name="refused">A token the API has just refused; null when none was. It is not returned again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<TokenOrOutcome> GetAsync(string? refused, CancellationToken cancellationToken)
    {
        if (Usable(refused) is { } ready)
        {
            return new(ready, Outcome.Done);
        }

        await _fetching.WaitAsync(cancellationToken);
        try
        {
            // Another caller may have fetched it meanwhile.
            return Usable(refused) is { } fetched ? new(fetched, Outcome.Done) : await FetchAsync(cancellationToken);
        }
        finally
        {
            _fetching.Release();
        }
    }

    private string? Usable(string? refused) =>
        _held is { } held && held.Token != refused && clock.GetUtcNow() < held.Until ? held.Token : null;

    private async ValueTask<TokenOrOutcome> FetchAsync(CancellationToken cancellationToken)
    {
        _held = null;
        var (answer, failure) = await pipeline.RunAsync(AttemptAsync, cancellationToken);
        if (answer is null)
        {
            return new(null, new Outcome(OutcomeKind.Retry, failure));
        }

        try
        {
            using var document = JsonDocument.Parse(answer.Body, JsonFields.Options);
            return Read(answer, document.RootElement);
        }
        catch (JsonException)
        {
            return new(null, RetryAfterPolicy.With(RetryAfterPolicy.OfStatus(answer.Status, isJson: false), answer, clock.GetUtcNow()));
        }
    }

    private async ValueTask<PlatformAnswer> AttemptAsync(CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent(grant.Form(clock.GetUtcNow()));
        return await PlatformAnswer.ReadAsync(await api.TokenAsync(grant.TokenUrl, form, cancellationToken), cancellationToken);
    }

    private TokenOrOutcome Read(PlatformAnswer answer, JsonElement root)
    {
        if (
            answer.Status is >= 200 and < 300
            && root.Text("access_token") is { Length: > 0 } token
            && !token.AsSpan().ContainsAnyExceptInRange('!', '~')
        )
        {
            var lifetime = root.Number("expires_in") is { } seconds and > 0 and < 1_000_000
                ? TimeSpan.FromSeconds(seconds)
                : GoogleLimits.TokenLifetime;
            _held = new Held(token, clock.GetUtcNow() + lifetime - GoogleLimits.TokenMargin);
            return new(token, Outcome.Done);
        }

        return new(null, RetryAfterPolicy.With(GoogleErrors.OfToken(answer.Status, root.Name("error")), answer, clock.GetUtcNow()));
    }

    private sealed record Held(string Token, DateTimeOffset Until);
}
