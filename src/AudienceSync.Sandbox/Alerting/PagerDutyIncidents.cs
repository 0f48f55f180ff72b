using System.Text.Json;

namespace AudienceSync.Sandbox.Alerting;

/// <summary>An incident, as the person on call sees it.</summary>
internal sealed record PagerDutyIncident(string DedupKey, string Severity, string Summary, int Triggers, bool Resolved);

/// <summary>The incidents of an integration. Events with the key of an open one belong to it (contract alerts 3.3).</summary>
internal sealed class PagerDutyIncidents
{
    private readonly Lock gate = new();
    private readonly List<PagerDutyIncident> incidents = [];
    private int dropped;

    public void Trigger(string key, JsonElement payload)
    {
        var (severity, summary) = (payload.GetProperty("severity").GetString()!, payload.GetProperty("summary").GetString()!);
        lock (gate)
        {
            var open = OpenOf(key);
            if (open < 0)
            {
                incidents.Add(new PagerDutyIncident(key, severity, summary, 1, Resolved: false));
            }
            else
            {
                incidents[open] = incidents[open] with { Severity = severity, Triggers = incidents[open].Triggers + 1 };
            }
        }
    }

    /// <summary>Without an open incident it is dropped.</summary>
    public void Resolve(string key)
    {
        lock (gate)
        {
            var open = OpenOf(key);
            if (open < 0)
            {
                dropped++;
            }
            else
            {
                incidents[open] = incidents[open] with { Resolved = true };
            }
        }
    }

    public object View()
    {
        lock (gate)
        {
            return new { incidents = incidents.ToArray(), dropped };
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            incidents.Clear();
            dropped = 0;
        }
    }

    private int OpenOf(string key) => incidents.FindIndex(incident => incident.DedupKey == key && !incident.Resolved);
}
