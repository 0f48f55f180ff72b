using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Meta;

/// <summary>
/// <c>POST /{version}/{audience_id}/usersreplace</c>, contract 8: the contents of the batches of one session replace the contents of the
/// audience when the batch with the last flag arrives. Until then the audience keeps its previous contents.
/// </summary>
internal sealed class ReplaceEdge(MetaPlatform platform, MetaFaults faults, CallLog calls, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["audience"]!;
        using var parameters = await GraphParameters.ReadAsync(context.Request);
        var audience = platform.FindAudience(id);
        var now = clock.GetUtcNow();
        var call = new MetaCall(context, platform, calls, now, id) { Operation = "replace", TargetExists = audience is not null };
        if (Admission.Admit(call, context.Request, parameters, platform, (id, audience?.Account), now) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        using var upload = new UsersUpload();
        var error =
            Admission.CheckTerms(audience!.Account)
            ?? parameters.Error
            ?? parameters.ValidateWrite(context.Request, id, overrides: false, "payload", "session", "namespace", "customer_consent")
            ?? UsersPayload.Read(parameters, upload)
            ?? (upload.Session is null ? GraphError.Invalid("The parameter session is required.") : null);
        call.Rows = upload.Received;
        var (fault, ended) = await faults.InjectAsync(call, audience, FaultOperation.Replace);
        if (!ended)
        {
            await RespondAsync(call, audience, upload, fault, error);
        }
    }

    private async Task RespondAsync(MetaCall call, MetaAudience audience, UsersUpload upload, FaultKind? fault, GraphError? error)
    {
        if ((error ?? audience.Accept(upload.Form, adding: true)) is { } refusal)
        {
            await call.RefuseAsync(refusal);
            return;
        }

        MetaFaults.ApplyFault(upload, fault);
        if (audience.Replace(upload, clock.GetUtcNow(), out var received) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        call.Effect = new CallEffect(0, 0, upload.Invalid, upload.EmptyHashes);

        // The guide uses this name for the first field (8); the reference uses the name of the users edge.
        await call.CompleteAsync(() =>
            call.RespondAsync(json =>
                UsersResponse.Write(json, platform, ("account_id", audience.Id), upload, received, audience.NextEmptySamplesAreAnArray)
            )
        );
    }
}
