using System.Globalization;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Google;

/// <summary>
/// <c>audienceMembers:ingest</c>, <c>:remove</c> and <c>:removeAll</c>, contract google 6.2. The order of checks: token, quota, the part of
/// the body needed to determine the list, scripted fault, the rest of the body. Any error refuses the whole request.
/// </summary>
internal sealed class AudienceMembers(GooglePlatform platform, FaultPlan faults, CallLog calls, TimeProvider clock)
{
    public Task IngestAsync(HttpContext context) =>
        HandleAsync(
            context,
            FaultOperation.Add,
            "destinations",
            "audienceMembers",
            "consent",
            "encoding",
            "termsOfService",
            "validateOnly",
            "encryptionInfo"
        );

    public Task RemoveAsync(HttpContext context) =>
        HandleAsync(context, FaultOperation.Remove, "destinations", "audienceMembers", "encoding", "validateOnly", "encryptionInfo");

    public Task RemoveAllAsync(HttpContext context) =>
        HandleAsync(context, FaultOperation.RemoveAll, "destinations", "removeAsOfTime", "validateOnly");

    private async Task HandleAsync(HttpContext context, FaultOperation operation, params string[] known)
    {
        platform.Settle();
        var call = new GoogleCall(context, platform, calls, clock.GetUtcNow()) { Operation = JobQueue.NameOf(operation) };
        if (Admission.Admit(call, platform, QuotaGroup.IngestionMutate) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        var findings = new Findings();
        using var document = await RequestBody.ReadAsync(context, findings);
        var request = ProtoMessage.Read(document.RootElement, "", findings, known);
        var destinations = new Destinations(platform, call.Caller!, findings).Read(request);
        call.Audience = destinations is [var only] ? only.List.Id : null;
        var asOf = operation == FaultOperation.RemoveAll ? AsOf(request, call.At, findings) : default;
        var parts =
            operation == FaultOperation.RemoveAll
                ? [.. destinations.Select(destination => new JobPart(destination.AsSent, destination.List))]
                : Members(call, request, destinations, operation, findings);
        if (request.Has("encryptionInfo"))
        {
            findings.Add("encryption_info", "INVALID_ARGUMENT", "The sandbox does not simulate encryption.");
        }

        await RespondAsync(call, operation, parts, asOf, request.Flag("validateOnly"), findings);
    }

    private async Task RespondAsync(
        GoogleCall call,
        FaultOperation operation,
        IReadOnlyList<JobPart> parts,
        DateTimeOffset asOf,
        bool validateOnly,
        Findings findings
    )
    {
        var (rule, ended) = await GoogleFaults.InjectAsync(call, faults, clock, operation, parts.Count > 0 ? parts[0].List : null);
        if (!ended && findings.Error is null)
        {
            var job = new Job(call.RequestId, call.Caller!, operation, call.At, parts) { RemoveAsOf = asOf, Fault = rule?.Kind };
            if (validateOnly || rule?.Kind == FaultKind.JobLost)
            {
                Release(parts);
            }
            else
            {
                platform.Jobs.Accept(job, rule?.JobS);
            }

            await call.CompleteAsync(() => call.RespondAsync(json => Write(json, call, findings)));
            return;
        }

        Release(parts);
        if (!ended)
        {
            await call.RefuseAsync(findings.Error!);
        }
    }

    private static IReadOnlyList<JobPart> Members(
        GoogleCall call,
        ProtoMessage request,
        IReadOnlyList<Destination> destinations,
        FaultOperation operation,
        Findings findings
    )
    {
        var upload = new MemberUpload(request, destinations, operation == FaultOperation.Add, findings);
        upload.Read();
        call.Rows = upload.Members;
        call.Effect = new CallEffect(0, 0, 0, upload.EmptyHashes);
        return upload.Parts;
    }

    private static DateTimeOffset AsOf(ProtoMessage request, DateTimeOffset now, Findings findings)
    {
        if (request.Text("removeAsOfTime") is not { } text)
        {
            return now;
        }

        // RFC 3339 always has the letter and an offset; the parser alone would accept less.
        if (
            !text.Contains('T', StringComparison.Ordinal)
            || !(text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 10)
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        )
        {
            findings.Add("remove_as_of_time", "INVALID_FORMAT", "Not a time as in RFC 3339.");
            return now;
        }

        if (time > now)
        {
            findings.Add("remove_as_of_time", "INVALID_REMOVE_AS_OF_TIME", "The time is in the future.");
        }

        return time;
    }

    private static void Write(Utf8JsonWriter json, GoogleCall call, Findings findings)
    {
        json.WriteString("requestId", call.RequestId);
        if (findings.Warnings.Count == 0)
        {
            return;
        }

        json.WriteStartArray("fieldWarnings");
        foreach (var warning in findings.Warnings)
        {
            json.WriteStartObject();
            json.WriteString("field", warning.Field);
            json.WriteString("reason", warning.Reason);
            json.WriteString("description", warning.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Release(IReadOnlyList<JobPart> parts)
    {
        foreach (var part in parts)
        {
            part.Dispose();
        }
    }
}
