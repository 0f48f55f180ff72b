using System.Globalization;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Meta;

/// <summary>
/// <c>POST</c> and <c>DELETE /{version}/{audience_id}/users</c>, contract 6. The order of checks: token, proof, budget, audience,
/// scripted fault, body, schema form. An error at any of them applies nothing.
/// </summary>
internal sealed class UsersEdge(MetaPlatform platform, FaultPlan faults, CallLog calls, TimeProvider clock)
{
    /// <summary>Beyond 2^53 like the real ids, so that a client that reads them as a double is found out.</summary>
    private const long FirstOwnSessionId = 67_972_159_610_000_000;

    public async Task HandleAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["audience"]!;
        using var parameters = await GraphParameters.ReadAsync(context.Request);
        var (operation, wrongMethod) = OperationOf(context.Request, parameters);
        var audience = platform.FindAudience(id);
        var now = clock.GetUtcNow();
        var call = new MetaCall(context, platform, calls, now, id, operation == FaultOperation.Add ? "add" : "remove")
        {
            TargetExists = audience is not null,
        };
        if (Admission.Admit(call, context.Request, parameters, platform, (id, audience?.Account), now) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        using var upload = new UsersUpload();
        var wrong = wrongMethod
            ?? parameters.Error
            ?? parameters.Unknown("payload", "session", "namespace", "customer_consent", "method")
            ?? UsersPayload.Read(parameters, upload);
        call.Rows = upload.Received;
        await AnswerAsync(call, audience!, operation, upload, wrong);
    }

    private async Task AnswerAsync(MetaCall call, MetaAudience audience, FaultOperation operation, UsersUpload upload, GraphError? wrong)
    {
        var fault = faults.Next(PlatformNames.Meta, audience.Id, operation);
        call.Fault = fault?.Kind;
        if (fault?.DelayMs is > 0 and var delayMs)
        {
            // Not bound to the request: a client that hangs up must not undo what the platform goes on to do.
            await Task.Delay(TimeSpan.FromMilliseconds(delayMs), clock);
        }

        if (fault is not null && await FailAsync(call, audience, fault.Kind))
        {
            return;
        }

        if ((wrong ?? audience.Accept(upload.Form, operation == FaultOperation.Add)) is { } refusal)
        {
            await call.RefuseAsync(refusal);
            return;
        }

        Spoil(upload, fault?.Kind);
        var received = Apply(call, audience, operation, upload);
        if (fault?.Kind == FaultKind.DropAfter)
        {
            call.Drop();
            return;
        }

        await call.AnswerAsync(json => Write(json, audience, upload, received));
    }

    /// <summary>True when the fault ended the call before anything was applied.</summary>
    private static async Task<bool> FailAsync(MetaCall call, MetaAudience audience, FaultKind kind)
    {
        switch (kind)
        {
            case FaultKind.DropBefore:
                call.Drop();
                return true;
            case FaultKind.HtmlError:
                await call.HtmlErrorAsync();
                return true;
            case FaultKind.Throttle:
                call.Usage = call.Account!.Budget.StateRegain(call.Usage);
                await call.RefuseAsync(GraphError.Throttled);
                return true;
            case FaultKind.ServerError:
                await call.RefuseAsync(GraphError.ServiceDown);
                return true;
            case FaultKind.ErrorIn200:
                await call.RefuseAsync(GraphError.UnknownIn200);
                return true;
            case FaultKind.TokenExpired:
                await call.RefuseAsync(GraphError.ExpiredToken);
                return true;
            case FaultKind.Ban:
                await call.RefuseAsync(GraphError.AccountDisabled);
                return true;
            case FaultKind.ListDeleted:
                audience.List.Delete();
                await call.RefuseAsync(GraphError.Missing(audience.Id));
                return true;
            default:
                return false;
        }
    }

    private static void Spoil(UsersUpload upload, FaultKind? kind)
    {
        switch (kind)
        {
            case FaultKind.InvalidRows:
                upload.RejectFirstRow();
                break;
            case FaultKind.Partial:
                upload.RejectSecondHalf();
                break;
            case FaultKind.SilentDrop:
                // Counted and answered like any other, and lost.
                upload.Rows.KeepRowsBefore(0);
                break;
            default:
                break;
        }
    }

    /// <returns>num_received: of the session so far, or of this call when there is no session.</returns>
    private long Apply(MetaCall call, MetaAudience audience, FaultOperation operation, UsersUpload upload)
    {
        var (received, open) = upload.Session is { } session
            ? audience.Join(session.SessionId, upload.Received, clock.GetUtcNow())
            : (upload.Received, true);
        var (applied, removed) = (open, operation) switch
        {
            // A batch of a session that has closed vanishes silently (contract 15.4).
            (false, _) => (0, 0),
            (_, FaultOperation.Add) => (audience.List.Add(upload.Rows), 0),
            _ => (0, audience.List.Remove(upload.Rows)),
        };
        call.Effect = new CallEffect(applied, removed, upload.Invalid, upload.EmptyHashes);
        return received;
    }

    private void Write(Utf8JsonWriter json, MetaAudience audience, UsersUpload upload, long received)
    {
        json.WriteStartObject();
        json.WriteString("audience_id", audience.Id);
        json.WriteString("session_id", (upload.Session?.SessionId ?? FirstOwnSessionId + platform.NextNumber()).ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("num_received", received);
        json.WriteNumber("num_invalid_entries", upload.Invalid);
        json.WritePropertyName("invalid_entry_samples");
        if (upload.Samples.Count == 0 && audience.NextEmptySamplesAreAnArray())
        {
            json.WriteStartArray();
            json.WriteEndArray();
        }
        else
        {
            json.WriteStartObject();
            foreach (var (row, reason) in upload.Samples)
            {
                json.WriteString(row.ToString(CultureInfo.InvariantCulture), reason);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static (FaultOperation Operation, GraphError? Wrong) OperationOf(HttpRequest request, GraphParameters parameters) =>
        (request.Method, parameters.Text("method")?.ToUpperInvariant()) switch
        {
            ("DELETE", null or "DELETE") => (FaultOperation.Remove, null),
            ("POST", null or "POST") => (FaultOperation.Add, null),
            ("POST", "DELETE") => (FaultOperation.Remove, null),
            _ => (FaultOperation.Add, GraphError.Invalid("The parameter method must be delete or post.")),
        };
}
