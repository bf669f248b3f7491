# deploy.ps1 - makes a collection, a package with its program, and a deployment in Configuration
# Manager.
#
# usage, where the Configuration Manager console is installed:
#     powershell -NoProfile -File deploy.ps1 -SiteCode ABC -Source \\server\share\package -Points 'All points' -WhatIf
#     the same without -WhatIf
#
# -Source is the folder package of this kit, with files beside its script, on a share that the site
# server can read. -Points is a distribution point group.
#
# Everything is called "quell" and the campaign; what is there already is kept. It removes nothing.
# It ends with 0: done; 1: not all machines are known.
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true)][string]$SiteCode,
    [Parameter(Mandatory = $true)][string]$Source,
    [Parameter(Mandatory = $true)][string]$Points,
    [string]$Limit = 'All Systems'
)
$ErrorActionPreference = 'Stop'
$name = 'quell <%campaign%>'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$devices = @(Import-Csv -LiteralPath (Join-Path $here 'devices.csv') -Encoding UTF8)

Import-Module (Join-Path (Split-Path $env:SMS_ADMIN_UI_PATH) 'ConfigurationManager.psd1')
Push-Location ($SiteCode + ':')
$missing = @()
try {
    # --- the collection ---
    if (-not (Get-CMDeviceCollection -Name $name) -and $PSCmdlet.ShouldProcess($name, 'make a device collection')) {
        [void](New-CMDeviceCollection -Name $name -LimitingCollectionName $Limit -Comment 'made by quell; one campaign')
    }
    $members = @{}
    foreach ($rule in @(Get-CMDeviceCollectionDirectMembershipRule -CollectionName $name)) {
        if ($null -ne $rule) { $members[[string]$rule.ResourceID] = $true }
    }
    foreach ($device in $devices) {
        $found = @(Get-CMDevice -Name $device.Name -Fast | Where-Object { $null -ne $_ })
        if ($found.Count -ne 1) {
            $missing += $device.Name
            continue
        }
        if (-not $members[[string]$found[0].ResourceID] -and $PSCmdlet.ShouldProcess($device.Name, 'add to ' + $name)) {
            Add-CMDeviceCollectionDirectMembershipRule -CollectionName $name -ResourceId $found[0].ResourceID
        }
    }

    # --- the package and its program ---
    if (-not (Get-CMPackage -Name $name -Fast) -and $PSCmdlet.ShouldProcess($name, 'make a package')) {
        [void](New-CMPackage -Name $name -Path $Source -Description 'made by quell; one campaign')
        [void](New-CMProgram -PackageName $name -StandardProgramName $name -CommandLine 'quell-kit.cmd' -RunType Hidden -RunMode RunWithAdministrativeRights -ProgramRunType WhetherOrNotUserIsLoggedOn -Duration 60)
        Start-CMContentDistribution -PackageName $name -DistributionPointGroupName $Points
    }

    # --- the deployment: as soon as possible, and again every four hours, so that it goes on after a restart ---
    if (-not (Get-CMPackageDeployment -Name $name) -and $PSCmdlet.ShouldProcess($name, 'deploy to the collection')) {
        $again = New-CMSchedule -Start (Get-Date) -RecurInterval Hours -RecurCount 4
        [void](New-CMPackageDeployment -StandardProgram -PackageName $name -ProgramName $name -CollectionName $name -DeployPurpose Required -Schedule $again -RerunBehavior AlwaysRerunProgram)
    }
} finally { Pop-Location }

foreach ($one in $missing) { Write-Warning ('not known to Configuration Manager, or more than one: ' + $one) }
if ($missing.Count -gt 0) { exit 1 }
exit 0
