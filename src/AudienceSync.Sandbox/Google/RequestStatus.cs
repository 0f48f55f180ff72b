using System.Globalization;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Google;

/// <summary><c>GET requestStatus:retrieve</c>, contract google 6.7: counts per destination, never individual members.</summary>
internal sealed class RequestStatus(GooglePlatform platform, FaultPlan faults, CallLog calls, TimeProvider clock)
{
    /// <summary>Below this number no match rate is reported; the sandbox defines the number.</summary>
    private const int MinMatched = 100;

    public async Task HandleAsync(HttpContext context)
    {
        platform.Settle();
        var call = new GoogleCall(context, platform, calls, clock.GetUtcNow()) { Operation = "status" };
        if (Admission.Admit(call, platform, QuotaGroup.IngestionRead) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        var (rule, ended) = await GoogleFaults.InjectAsync(call, faults, clock, FaultOperation.Status, null);
        if (ended)
        {
            return;
        }

        if (platform.Jobs.Find(context.Request.Query["requestId"].ToString()) is not { } job || job.Owner != call.Caller)
        {
            await call.RefuseAsync(GoogleError.Invalid("request_id", "INVALID_REQUEST_ID", "No request has this id."));
            return;
        }

        await call.CompleteAsync(() => call.RespondAsync(json => Write(json, job)));
    }

    private static void Write(Utf8JsonWriter json, Job job)
    {
        json.WriteStartArray("requestStatusPerDestination");
        foreach (var part in job.Parts)
        {
            json.WriteStartObject();
            json.WritePropertyName("destination");
            part.Destination.WriteTo(json);
            json.WriteString("requestStatus", job.StatusOf(part));
            if (job.Done)
            {
                WriteErrors(json, part);
                WriteCounts(json, job, part);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteErrors(Utf8JsonWriter json, JobPart part)
    {
        if (part.Refused == 0)
        {
            return;
        }

        json.WriteStartObject("errorInfo");
        json.WriteStartArray("errorCounts");
        foreach (var (reason, records) in part.Errors)
        {
            json.WriteStartObject();
            WriteCount(json, "recordCount", records);
            json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // The counts include failed records.
    private static void WriteCounts(Utf8JsonWriter json, Job job, JobPart part)
    {
        if (job.Operation == FaultOperation.RemoveAll)
        {
            json.WriteStartObject("removeAllAudienceMembersStatus");
            json.WriteEndObject();
            return;
        }

        var adding = job.Operation == FaultOperation.Add;
        var (data, identifiers) = part.List.Form.Kind switch
        {
            DataKind.ContactId => ("userData", "userIdentifierCount"),
            DataKind.MobileId => ("mobileData", "mobileIdCount"),
            _ => ("userIdData", "userIdCount"),
        };
        json.WriteStartObject(adding ? "audienceMembersIngestionStatus" : "audienceMembersRemovalStatus");
        json.WriteStartObject(data + (adding ? "IngestionStatus" : "RemovalStatus"));
        WriteCount(json, "recordCount", part.Records);
        WriteCount(json, identifiers, part.Identifiers);
        if (adding && part.List.Form.Kind == DataKind.ContactId)
        {
            json.WriteString(
                "uploadMatchRateRange",
                part.Records < MinMatched ? "MATCH_RATE_RANGE_NOT_ELIGIBLE" : "MATCH_RATE_RANGE_91_TO_100"
            );
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    // 64-bit integers are sent as strings.
    private static void WriteCount(Utf8JsonWriter json, string name, int count) =>
        json.WriteString(name, count.ToString(CultureInfo.InvariantCulture));
}
