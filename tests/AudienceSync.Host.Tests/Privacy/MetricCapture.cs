using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace AudienceSync.Host.Tests.Privacy;

/// <summary>Every measurement in this process, by name, unit, description and tags.</summary>
internal sealed class MetricCapture : IDisposable
{
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public MetricCapture()
    {
        _listener.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Note(instrument, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        _listener.Start();
    }

    public ICollection<string> Seen => _seen.Keys;

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _seen[$"{instrument.Name} {instrument.Unit} {instrument.Description} {string.Join(", ", tags.ToArray())}"] = true;
}
