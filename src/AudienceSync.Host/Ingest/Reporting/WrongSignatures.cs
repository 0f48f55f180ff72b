namespace AudienceSync.Host.Ingest.Reporting;

/// <summary>
/// Warns that reports are refused because of their signature. When the key of a source is wrong, its sender holds back everything that
/// follows, so this must be noticed; but anyone can send a wrong signature, so it is one line an hour for each source.
/// </summary>
public sealed class WrongSignatures(TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan RemindEvery = TimeSpan.FromHours(1);

    private readonly Dictionary<string, (long LoggedAt, int Since)> _sources = new(StringComparer.Ordinal);

    /// <summary>Records a refusal.</summary>
    /// <param name="source">The source that the request was for.</param>
    public void Record(string source)
    {
        lock (_sources)
        {
            var known = _sources.TryGetValue(source, out var last);
            if (known && clock.GetElapsedTime(last.LoggedAt) < RemindEvery)
            {
                _sources[source] = last with { Since = last.Since + 1 };
                return;
            }

            _sources[source] = (clock.GetTimestamp(), 0);
            logger.LogWarning(
                "Reports for source {Source} are refused: no signing key matches ({Refused} more since the last warning). "
                    + "If Customer.io sends them, the key is wrong, and its stream stands still until it is right",
                source,
                last.Since
            );
        }
    }

    /// <summary>Records that a signature matched.</summary>
    public void Recovered(string source)
    {
        lock (_sources)
        {
            if (_sources.Remove(source))
            {
                logger.LogInformation("Reports for source {Source} are accepted again", source);
            }
        }
    }
}
