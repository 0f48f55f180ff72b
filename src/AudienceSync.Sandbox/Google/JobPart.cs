using System.Text.Json;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Google;

/// <summary>The effect of a request on one list.</summary>
/// <param name="Destination">The destination as sent: the status repeats it.</param>
internal sealed class JobPart(JsonElement destination, GoogleList list) : IDisposable
{
    private readonly Dictionary<int, string> refused = [];

    public JsonElement Destination => destination;

    public GoogleList List => list;

    public RowBatch Rows { get; } =
        new() { Columns = [GoogleList.Email, GoogleList.Phone, GoogleList.Address, GoogleList.Mobile, GoogleList.User] };

    public int Records { get; set; }

    public int Identifiers { get; set; }

    public int Refused => refused.Count;

    /// <summary>The status never reports which members failed, only how many for each reason (contract google 6.7).</summary>
    public IEnumerable<(string Reason, int Records)> Errors =>
        refused
            .Values.GroupBy(reason => reason, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count()))
            .OrderBy(error => error.Key, StringComparer.Ordinal);

    public void Refuse(int record, string reason) => refused.TryAdd(record, reason);

    /// <summary>The scripted fault: records starting from this one are not applied.</summary>
    public void RefuseFrom(int record)
    {
        Rows.KeepRowsBefore(record);
        for (; record < Records; record++)
        {
            Refuse(record, Job.InternalError);
        }
    }

    public void Dispose() => Rows.Dispose();
}
